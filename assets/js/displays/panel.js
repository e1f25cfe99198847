/* The panel beside the list of displays: approves the screen that shows a code, or refuses it, and revokes the wall that is picked. */
(function () {
  "use strict";
  const app = (window.callfloorApp = window.callfloorApp || {});
  const LONGEST_LOCATION = 40;
  const OWN_WORDS = ["no_code", "no_display", "bad_location", "unreachable"];

  app.makeDisplayPanel = function (display, box) {
    const self = { ...display, display, box, screen: null, busy: false, people: "alias" };
    self.code = app.makeCodeBoxes(self.say, (code) => type(self, code));
    self.answer = app.make("p", "st n answered");
    self.answer.setAttribute("role", "status");
    self.problem = app.makeProblem();
    self.location = app.make("input", "inp");
    Object.assign(self.location, { maxLength: LONGEST_LOCATION, required: true });
    self.board = makeBoards(self);
    self.wires = app.make("div", "wires");
    self.naming = app.make("div", "seg");
    self.approve = app.makeButton("btn primary", self.say("approve"));
    self.refuse = app.makeButton("btn", self.say("refuse"));
    self.until = app.make("span", "n");
    self.revocation = app.make("section", "revocation");
    box.replaceChildren(...approvalParts(self), self.revocation);
    self.board.addEventListener("change", () => drawBoard(self));
    self.approve.addEventListener("click", () => decide(self, "approve"));
    self.refuse.addEventListener("click", () => decide(self, "refuse"));
    drawBoard(self);
    return { draw: () => draw(self) };
  };

  function approvalParts(self) {
    const { say } = self;
    const head = app.make("h2", "", say("approve_title"), app.make("span", "", say("code_where")));
    const what = app.make("p", "dim effect", say("read_only"), app.make("br"), self.until);
    const buttons = app.make("div", "acts", self.approve, self.refuse);
    const naming = app.make("div", "fld", app.make("span", "lb", say("people")), self.naming);
    return [head, self.code.node, self.answer, self.problem, labelled(say("location"), self.location), labelled(say("board"), self.board), self.wires, naming, what, buttons, app.make("p", "tiny", say("lights"))];
  }

  const labelled = (text, field) => app.make("label", "fld", app.make("span", "lb", text), field);

  function makeBoards({ boards, say }) {
    const select = app.make("select", "inp");
    for (const [id, { name, pages, rotate_s: s }] of Object.entries(boards)) {
      const option = app.make("option", "", pages.length > 1 ? say("board_rotates", { board: name, s }) : name);
      option.value = id;
      select.append(option);
    }
    return select;
  }

  function drawBoard(self) {
    const { names, pages } = self.boards[self.board.value];
    self.people = names === "none" ? "none" : "alias";
    self.wires.replaceChildren(...pages.map((name) => app.makeWireframe(name, self.say(name))));
    drawNaming(self, names);
  }

  /* As the board names people, or none of them. */
  function drawNaming(self, names) {
    const choices = names === "none" ? [["none", "none"]] : [["alias", names], ["none", "none"]]; /* prettier-ignore */
    const buttons = choices.map(([value, word]) => {
      const button = app.makeButton(value === self.people ? "on" : "", self.say(word));
      button.setAttribute("aria-pressed", String(value === self.people));
      button.addEventListener("click", () => {
        self.people = value;
        drawNaming(self, names);
      });
      return button;
    });
    self.naming.replaceChildren(...buttons);
  }

  async function type(self, code) {
    self.screen = null;
    self.problem.textContent = "";
    if (self.done) self.done = null;
    draw(self);
    if (code.length < app.CODE_LENGTH) return;
    const answer = await app.postJson("/displays/find", { code });
    if (self.code.code() !== code) return;
    if (answer.error) refuseText(self, answer);
    else self.screen = { ...answer, code };
    draw(self);
    if (self.screen) self.location.focus();
  }

  function refuseText(self, { error, message, body }) {
    if (error === "confirm_first") return location.assign(`/sign-in/confirm?next=${encodeURIComponent(location.pathname + location.search)}`);
    const time = body && body.until_ms ? self.format.time(body.until_ms) : "";
    if (error === "locked") self.problem.textContent = self.say("locked", { time });
    else self.problem.textContent = OWN_WORDS.includes(error) ? self.say(error) : message || self.say("unreachable");
    return undefined;
  }

  async function decide(self, verb) {
    const { screen } = self;
    if (!screen || self.busy) return;
    if (verb === "approve" && !self.location.value.trim()) {
      self.problem.textContent = self.say("bad_location");
      self.location.focus();
      return;
    }
    const more = verb === "approve" ? { location: self.location.value.trim(), board: self.board.value, people: self.people } : {};
    await send(self, `/displays/${verb}`, { code: screen.code, ...more }, () => {
      self.code.clear();
      self.location.value = "";
      self.done = self.say(verb === "approve" ? "approved" : "refused", { id: screen.id });
    });
  }

  async function send(self, path, body, done) {
    self.busy = true;
    draw(self);
    const answer = await app.postJson(path, body);
    self.busy = false;
    self.problem.textContent = "";
    if (answer.error) refuseText(self, answer);
    else done();
    draw(self);
    self.display.ask();
  }

  function draw(self) {
    const { screen, busy, format, display } = self;
    const said = screen ? [app.makeShape("yes"), self.say("answered", { ...screen, size: app.displaySize(screen), time: format.time(screen.asked_ms) })] : [self.done || ""];
    app.morph(self.answer, said.map((part) => (typeof part === "string" ? document.createTextNode(part) : part)));
    for (const button of [self.approve, self.refuse]) button.disabled = !screen || busy;
    if (display.list) app.writeText(self.until, self.say("until", { date: format.isoDay(display.list.until_ms) }));
    drawRevocation(self);
  }

  function drawRevocation(self) {
    const { say, display } = self;
    const picked = display.list && display.list.walls.find(({ id }) => id === display.picked);
    const key = picked ? `${picked.id} ${self.busy}` : "";
    if (self.drawnFor === key) return;
    self.drawnFor = key;
    const head = app.make("h2", "", say("revoke"));
    if (!picked) return self.revocation.replaceChildren(head, app.make("p", "small", say("revoke_how")));
    const [revoke, cancel] = [app.makeButton("btn primary", say("revoke")), app.makeButton("btn", say("cancel"))];
    revoke.disabled = self.busy;
    revoke.addEventListener("click", () => send(self, "/displays/revoke", { display: picked.id }, () => (self.done = say("revoked", picked))));
    cancel.addEventListener("click", () => display.pick(null));
    return self.revocation.replaceChildren(head, app.make("p", "small", say("revoke_ask", picked)), app.make("div", "acts", revoke, cancel));
  }
})();
