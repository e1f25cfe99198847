/* Beside the rows: whether the chains hold, in a sentence and drawn as links; who looked at one person; and the newest exports. */
(function () {
  "use strict";
  const app = (window.callfloorApp = window.callfloorApp || {});
  const LINKS = 12;
  const [STEP, WIDTH, HEIGHT] = [28, 332, 22];
  const FEW_FAULTS = 3;

  app.startAuditPanel = function (self) {
    self.box.querySelector("#audit-verify").addEventListener("click", async () => {
      const answer = await app.postJson("/audit/verify", {});
      if (answer.error) self.error = answer;
      self.ask();
    });
    self.box.querySelector("#audit-looks").addEventListener("click", ({ target }) => {
      const choice = target.closest("[data-agent]");
      if (choice) self.filter({ agent: choice.dataset.agent });
    });
  };

  app.drawAuditPanel = function (self) {
    drawChain(self);
    nameAgent(self);
    app.morph(find(self, "looks"), looks(self));
    drawExports(self);
  };

  const find = ({ box }, id) => box.querySelector(`#audit-${id}`);

  function drawChain(self) {
    const { view, say, format } = self;
    const { chain } = view;
    const n = format.figure("count", chain.state === "broken" ? chain.broken_from : chain.rows);
    const sentence = find(self, "chain");
    app.writeText(sentence, say(chain.state, { n }));
    sentence.classList.toggle("fault", ["broken", "unread"].includes(chain.state));
    drawLinks(self, chain);
    app.writeText(find(self, "checked"), checked(self, chain));
    app.morph(find(self, "faults"), faults(self, chain));
    find(self, "verify").disabled = chain.is_running;
    app.writeText(find(self, "verify"), say(chain.is_running ? "running" : "verify"));
  }

  function checked({ say, format, view }, chain) {
    if (chain.state === "unread") return say("unread_how");
    if (chain.checked_ms === null) return "";
    const isToday = format.isoDay(chain.checked_ms) === format.isoDay(view.now_ms);
    const time = isToday ? format.time(chain.checked_ms) : `${format.day(chain.checked_ms)} ${format.time(chain.checked_ms)}`;
    if (chain.state === "broken") return say("broken_checked", { time, n: format.figure("count", chain.intact_before) });
    const hash = chain.newest ? `${chain.newest.slice(0, 4)}…${chain.newest.slice(-2)}` : app.UNKNOWN;
    return `${say("checked", { time, s: format.figure("score", chain.took_s), hash })} ${say("keep_heads")}`;
  }

  function faults({ say, format }, { faults: all }) {
    const rows = all.slice(0, FEW_FAULTS).map(({ number, reason }) => {
      const words = say(`fault_${reason.match(/^\w*/)[0]}`) || reason;
      return app.make("li", "", say("fault", { n: format.figure("count", number), reason: words }));
    });
    return all.length > FEW_FAULTS ? [...rows, app.make("li", "", say("faults_more", { n: all.length - FEW_FAULTS }))] : rows;
  }

  /* The links up to the first fault, a gap, and the links behind it. */
  function drawLinks(self, { state, broken_from: from, rows, intact_before: intact }) {
    const box = find(self, "links");
    const broken = state === "broken" ? Math.max(1, Math.min(LINKS - 1, Math.round((LINKS * intact) / Math.max(1, rows)))) : LINKS;
    box.classList.toggle("is-unchecked", ["unchecked", "unread"].includes(state));
    const svg = app.makeSvg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, height: HEIGHT });
    for (let i = 0; i < LINKS; i += 1) {
      const name = i >= broken ? "is-broken" : "";
      svg.append(app.makeSvg("rect", { x: i * STEP + 0.75, y: 4.75, width: 17, height: 12.5, rx: 2, class: name }));
      if (i + 1 < LINKS && i + 1 !== broken) svg.append(app.makeSvg("path", { d: `M${i * STEP + 18} 11H${i * STEP + 28}`, class: name }));
    }
    app.morph(box, [svg]);
    box.dataset.from = from === null ? "" : from;
  }

  /* The field names the person who was found, and their id stands at its end. */
  function nameAgent(self) {
    const { fields, view, filters } = self;
    const person = filters.agent && view.looks ? view.looks.person : null;
    const name = person && person.name ? app.nameOf(self, person) : "";
    fields.agent.dataset.name = name;
    if (name && fields.agent !== document.activeElement) fields.agent.value = name;
    app.writeText(find(self, "agent-id"), name ? person.id : "");
  }

  function looks(self) {
    const { view, say } = self;
    if (view.candidates.length > 1) return [app.make("p", "tiny", say("which")), app.make("div", "which", ...view.candidates.map((person) => choice(self, person)))];
    if (!view.looks) return [];
    const { lookers, refused } = view.looks;
    const list = lookers.length ? pairs(lookers.map((looker) => [looker.name, role(self, looker), looked(self, looker)])) : app.make("p", "tiny", say("nobody"));
    return [list, ...(refused.length ? [app.make("p", "tiny", refusedText(self, refused))] : [])];
  }

  function choice(self, person) {
    return app.makeButton("btn sm", `${app.nameOf(self, person)} ${person.id}`, { agent: person.id });
  }

  const role = (self, { is_self: isSelf, is_lead: isLead, roles }) => (isSelf ? self.say("own_self") : isLead ? self.say("own_lead") : app.auditRole(self, { roles }));

  const looked = (self, { looks: n, last_ms: at }) => self.say("looks", { n, time: clock(self, at) });

  function clock({ format, view }, at) {
    return view.first_day === view.last_day ? format.time(at) : `${format.day(at)} ${format.time(at)}`;
  }

  function refusedText(self, refused) {
    const n = refused.reduce((sum, { looks: each }) => sum + each, 0);
    return self.say("refused", { n, names: refused.map(({ name, last_ms: at }) => `${name} ${clock(self, at)}`).join(self.say("between")) });
  }

  function pairs(rows) {
    return app.make("dl", "n", ...rows.flatMap(([name, what, when]) => [app.make("dt", "", name, " ", app.make("small", "", what)), app.make("dd", "", when)]));
  }

  function drawExports(self) {
    const { view, say, format } = self;
    const rows = view.exports.map((row) => [row.name, exportText(self, row), clock(self, row.time_ms)]);
    const more = view.exported - rows.length;
    const rest = more > 0 ? [app.make("p", "tiny", say("exports_more", { n: format.figure("count", more) }))] : [];
    app.morph(find(self, "exports"), rows.length ? [pairs(rows), ...rest] : [app.make("p", "tiny", say("no_exports"))]);
    app.writeText(find(self, "exported"), say("exports_n", { n: format.figure("count", view.exported) }));
  }

  /* What was exported, and by which command. */
  function exportText(self, { where, what, whom }) {
    const person = whom ? [app.nameOf(self, self.view.people[whom] || { id: whom })] : [];
    return [...(where.startsWith("/") ? [] : [where]), ...person, app.auditText(self, what)].join(self.say("between"));
  }
})();
