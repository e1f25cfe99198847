/* /displays asks every three seconds which screens there are, and fills the list: those that wait first, then the walls. A row
   picks a wall for the panel (displays/panel.js). The page carries its own words and boards. */
(function () {
  "use strict";
  const app = (window.callfloorApp = window.callfloorApp || {});
  const EVERY_MS = 3000;
  const MONTH_MS = 30 * 86_400_000;
  const RECENT = 5;
  const SIZE = "{width} × {height}";

  function makeSelf(box, root) {
    const words = { ...JSON.parse(root.dataset.words), ...JSON.parse(box.dataset.words) };
    const format = app.makeFormat(root.dataset.lang, root.dataset.zone, words);
    const say = (key, values) => format.word(`displays.${key}`, values);
    return { box, format, say, lang: root.dataset.lang, boards: JSON.parse(box.dataset.boards), list: null, picked: null, asking: false };
  }

  app.displaySize = ({ width, height }) => SIZE.replace("{width}", width).replace("{height}", height);

  /* The pages of a board in words: floor, queues, agents, 30 s each. */
  function pagesText({ say, lang }, { pages, rotate_s: s }) {
    const names = pages.map((name) => say(name)).join(say("between"));
    const text = lang === "en" ? names.toLowerCase() : names;
    return pages.length > 1 ? say("rotates", { pages: text, s }) : text;
  }

  const lower = ({ lang }, text) => (lang === "en" ? text.toLowerCase() : text);
  const cell = (className, ...children) => app.make("td", className, ...children);
  const small = (text) => app.make("small", "n", text);

  function waitingRow(self, of) {
    const left = Math.max(0, Math.ceil((of.code_ends_ms - self.list.now_ms) / 1000));
    const seen = app.make("span", "st", app.makeShape("pending"), self.say("now"));
    const row = app.make("tr", "is-waiting", cell("display", app.make("b", "", self.say("waiting")), small(of.id)), cell("board dim", app.UNKNOWN), cell("people dim", app.UNKNOWN), cell("seen", seen));
    row.append(cell("size n dim", app.displaySize(of)), cell("paired n dim", of.address), cell("expires n dim", self.say("code_left", { left: self.format.duration(left) })));
    return row;
  }

  function wallRow(self, of) {
    const { format, say, list } = self;
    const board = self.boards[of.board];
    const boardCell = board ? [board.name, small(pagesText(self, board))] : [of.board];
    const people = of.people === "none" ? "none" : (board || {}).names || "alias";
    const ago = of.is_on ? say("now") : format.age((list.now_ms - of.used_ms) / 1000);
    const seen = app.make("span", of.is_on ? "st is-on" : "st b", app.makeShape(of.is_on ? "dot" : "clock"), ago);
    const row = app.make("tr", of.id === self.picked ? "is-picked" : "", cell("display", app.make("b", "", of.location), small(of.id)), cell("board", ...boardCell), cell("people dim", lower(self, say(people))), cell("seen", seen));
    const soon = of.expires_ms - list.now_ms < MONTH_MS ? "expires n b" : "expires n dim";
    row.append(cell("size n dim", app.displaySize(of)), cell("paired n dim", format.day(of.paired_ms), small(of.by)), cell(soon, format.day(of.expires_ms)));
    row.title = of.location; /* a long one is cut */
    row.tabIndex = 0;
    row.dataset.display = of.id;
    return row;
  }

  /* "revoke D-01A4: hall, main", as the audit log has it, in words. */
  function actOf({ say }, { time_ms: at, by, what }) {
    const [, verb, id, location = ""] = what.match(/^(approve|refuse|revoke) ([^:]+)(?:: (.*), [^,]*)?$/) || [];
    const text = verb ? say({ approve: "was_approved", refuse: "was_refused", revoke: "was_revoked" }[verb], { by, id, location }) : `${by} ${what}`;
    return { at, text };
  }

  /* What the walls themselves tell, while the audit log cannot be read. */
  function stateOf({ say, list: { walls, revoked } }) {
    const line = (at, key, by, of) => ({ at, text: say(key, { by, location: of.location, id: of.id }) });
    const approved = [...walls, ...revoked].map((of) => line(of.paired_ms, "was_approved", of.by, of));
    return [...approved, ...revoked.map((of) => line(of.revoked_ms, "was_revoked", of.revoked_by, of))];
  }

  /* What happened of late, the newest first. */
  function recent(self) {
    const { walls, acts, now_ms: now } = self.list;
    const off = walls.filter((of) => !of.is_on).map((of) => ({ at: of.used_ms, text: self.say("went_off", { location: of.location, id: of.id }) }));
    const done = acts ? acts.map((act) => actOf(self, act)) : stateOf(self);
    const all = [...done, ...off].sort((a, b) => b.at - a.at).slice(0, RECENT);
    if (!all.length) return [app.make("li", "dim", self.say("nothing"))];
    const time = (at) => app.make("span", "dim", `${self.format.day(at)} ${self.format.time(at)}`);
    return all.filter(({ at }) => at <= now).map(({ at, text }) => app.make("li", "", time(at), text));
  }

  function draw(self) {
    const { box, list } = self;
    const facts = { on: list.on, off: list.walls.length - list.on, waiting: list.waiting.length, soon: list.soon };
    for (const node of box.querySelectorAll("[data-fact]")) app.writeText(node, self.format.figure("count", facts[node.dataset.fact]));
    app.morph(box.querySelector("#displays-rows"), [...list.waiting.map((of) => waitingRow(self, of)), ...list.walls.map((of) => wallRow(self, of))]);
    app.morph(box.querySelector("#displays-recent"), recent(self));
  }

  async function ask(self) {
    if (self.asking || document.hidden) return;
    self.asking = true;
    const answer = await app.getJson("/displays.json");
    self.asking = false;
    self.box.classList.toggle("is-unreached", Boolean(answer.error));
    if (answer.error) return;
    self.list = answer;
    draw(self);
    self.panel.draw();
  }

  function pick(self, row) {
    self.picked = row && row.dataset.display !== self.picked ? row.dataset.display : null;
    draw(self);
    self.panel.draw();
  }

  function begin() {
    const [box, root] = [document.getElementById("displays"), document.getElementById("callfloor")];
    if (!box || !root || box.dataset.begun) return;
    box.dataset.begun = "yes";
    const self = makeSelf(box, root);
    self.ask = () => ask(self);
    self.pick = (row) => pick(self, row);
    self.panel = app.makeDisplayPanel(self, box.querySelector("#displays-panel"));
    const rows = box.querySelector("#displays-rows");
    const rowOf = ({ target }) => target.closest("[data-display]");
    rows.addEventListener("click", (event) => rowOf(event) && pick(self, rowOf(event)));
    rows.addEventListener("keydown", (event) => event.key === "Enter" && rowOf(event) && pick(self, rowOf(event)));
    ask(self);
    const again = setInterval(() => (box.isConnected ? ask(self) : clearInterval(again)), EVERY_MS);
  }

  if (location.pathname !== "/displays") return;
  new MutationObserver(begin).observe(document.documentElement, { childList: true, subtree: true });
})();
