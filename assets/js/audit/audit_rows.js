/* The rows of the audit log in words. The list is one stop of the Tab key: arrows go through it, and Enter or a click asks who
   looked at the person of the row. */
(function () {
  "use strict";
  const app = (window.callfloorApp = window.callfloorApp || {});
  const STEPS = { ArrowDown: 1, ArrowUp: -1, PageDown: 15, PageUp: -15, Home: -Infinity, End: Infinity };
  const COMMAND = "callfloor ";

  app.drawAuditRows = function (self) {
    const { box, view, say, format } = self;
    box.classList.toggle("has-days", view.first_day !== view.last_day);
    const body = box.querySelector("#audit-rows");
    const held = document.activeElement && body.contains(document.activeElement);
    const numbers = view.rows.map(({ number }) => number);
    if (!numbers.includes(self.current)) self.current = numbers.length ? numbers[0] : null;
    app.morph(body, view.rows.length ? view.rows.map((row) => line(self, row)) : [nothing(self)]);
    if (held) focusRow(self);
    app.writeText(box.querySelector("#audit-more"), view.more ? say("older", { n: format.figure("count", view.more) }) : "");
  };

  app.startAuditRows = function (self) {
    const body = self.box.querySelector("#audit-rows");
    body.addEventListener("click", ({ target }) => {
      if (target.closest("[data-clear]")) self.filter({ kind: "", account: "", person: "" });
      else pick(self, target.closest("tr"));
    });
    body.addEventListener("keydown", (event) => {
      const row = event.target.closest("tr[data-number]");
      if (!row) return;
      if (event.key === "Enter") pick(self, row);
      if (!(event.key in STEPS)) return;
      event.preventDefault();
      const numbers = self.view.rows.map(({ number }) => number);
      const at = numbers.indexOf(Number(row.dataset.number)) + STEPS[event.key];
      self.current = numbers[Math.max(0, Math.min(numbers.length - 1, at))];
      app.drawAuditRows(self);
      focusRow(self);
    });
  };

  function focusRow({ box, current }) {
    const row = box.querySelector(`#audit-rows [data-number="${current}"]`);
    if (row) row.focus();
  }

  function pick(self, row) {
    if (!row || !row.dataset.number) return;
    self.current = Number(row.dataset.number);
    if (row.dataset.agent) self.filter({ agent: row.dataset.agent === self.filters.agent ? "" : row.dataset.agent });
    else app.drawAuditRows(self);
  }

  function nothing({ say, filters }) {
    const cell = app.make("td", "none", say("none"));
    cell.colSpan = 6;
    if (filters.kind || filters.account || filters.person) cell.append(app.makeButton("btn sm", say("clear"), { clear: "yes" }));
    return app.make("tr", "", cell);
  }

  function line(self, row) {
    const { format, view, say } = self;
    const time = (view.first_day === view.last_day ? "" : `${format.day(row.time_ms)} `) + format.seconds(row.time_ms);
    const lock = row.kind === "denied" ? [app.makeShape("lock")] : [];
    const broken = view.chain.broken_from !== null && row.number >= view.chain.broken_from;
    const cells = [
      app.make("td", "time n dim", time),
      app.make("td", "who", row.name, " ", app.make("small", "", app.auditRole(self, row))),
      app.make("td", "did", ...lock, say(row.kind)),
      app.make("td", "whom", subject(self, row)),
      app.make("td", "where dim", whereabouts(self, row)),
      app.make("td", broken ? "number n fault" : "number n", format.figure("count", row.number)),
    ];
    cells.forEach((cell) => (cell.title = cell.textContent)); /* a long text is cut */
    cells[1].title = row.address ? `${row.account} ${row.address}` : row.account;
    const picked = row.whom && row.whom === self.filters.agent;
    const node = app.make("tr", [row.kind === "denied" && "is-denied", picked && "is-picked"].filter(Boolean).join(" "), ...cells);
    node.tabIndex = row.number === self.current ? 0 : -1;
    Object.assign(node.dataset, { number: row.number, ...(row.whom ? { agent: row.whom } : {}) });
    return node;
  }

  /* The roles of the account, or that it was a command. */
  app.auditRole = ({ format, say }, { where, roles }) =>
    where && where.startsWith(COMMAND) ? say("command") : roles.map((role) => format.word(`role.${role}`) || role).join(say("between"));

  const personName = (self, id) => app.nameOf(self, self.view.people[id] || { id });
  const teamName = (self, id) => app.nameOf(self, { id, ...self.view.teams[id] });

  /* To whom or what: the person, the team, and what was done in words. */
  function subject(self, row) {
    const path = row.where.match(/^\/team\/([^/]+)$/);
    const team = row.team || (path && decodeURIComponent(path[1]));
    const person = row.whom && personName(self, row.whom) + (row.whom === row.agent ? self.say("self") : "");
    const text = row.kind === "watched" && row.team ? "" : app.auditText(self, row.what);
    const all = [person, team && teamName(self, team), text].filter(Boolean);
    return all.join(self.say("between")) || (row.kind === "denied" ? whereabouts(self, row) : "");
  }

  /* "agents of 2026-11" -> the words for "agents of", and the rest as it is. */
  app.auditText = function ({ format }, what) {
    const board = what.match(/^wall:(.+)\/people$/);
    if (board) return `${format.word("audit_place.wall")} ${board[1]}`;
    const words = what.split(" ");
    for (let n = words.length; n > 0; n -= 1) {
      const text = format.word(`audit_what.${words.slice(0, n).join("_").replace(/\W/g, "_")}`);
      if (text) return [text, ...words.slice(n)].join(" ");
    }
    return what;
  };

  /* The page or the route in words, of a look at a person with their team. */
  function whereabouts(self, { where, whom, agent }) {
    if (!where.startsWith("/")) return where;
    const first = where.split("/")[1].replace(/\.json$/, "").replace(/\W/g, "_");
    const name = self.format.word(`audit_place.${first}`) || where;
    const { team } = (whom && whom !== agent && self.view.people[whom]) || {};
    return team ? teamName(self, team) + self.say("between") + name : name;
  }
})();
