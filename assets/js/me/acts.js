/* On an agent's own page: how he stands among his peers, in words; flags and what was done about them; feedback and its
   receipt; and what he may do: appeal, contest a flag, say that he has seen something or sees it differently. */
(function () {
  "use strict";
  const parts = (window.callfloorParts = window.callfloorParts || {});
  const LONGEST = 500;
  const WAITING = ["open", "snoozed"];
  const RULES = ["review", "drop", "quality"];

  parts.plainName = (name) => (name || parts.UNKNOWN).replace(/^unverified:/, "");

  parts.myButton = function (text, act, ref, kind = "sm") {
    const button = parts.make("button", `btn ${kind}`.trim(), text);
    button.type = "button";
    Object.assign(button.dataset, { do: act, ref });
    return button;
  };

  /* What each act sends, and the words of its one field. */
  const ACTS = {
    appeal: { path: "/appeals", label: "drawer.reason", send: "act.appeal", body: (ref, text) => ({ ref, text }) },
    contest: { path: "/flags", label: "do.contest_text", send: "do.contest", needs: true, body: (ref, text) => ({ ref, kind: "flag.contested", text }) },
    objected: { path: "/feedback", label: "me.differ_text", send: "me.differ", needs: true, body: (ref, text) => ({ ref, kind: "feedback.objected", text }) },
    seen: { path: "/feedback", body: (ref) => ({ ref, kind: "feedback.seen" }) },
  };

  /* One listener for the page: the buttons are drawn anew. */
  parts.startMyActs = function (self) {
    self.box.addEventListener("click", ({ target }) => {
      const button = target.closest("[data-do]");
      if (button) pressed(self, button);
    });
    self.box.addEventListener("submit", (event) => {
      event.preventDefault();
      send(self, self.form.act, self.form.ref, event.target.querySelector("input").value.trim());
    });
    self.box.addEventListener("keydown", ({ key, target }) => key === "Escape" && target.closest("form") && close(self));
  };

  function pressed(self, { dataset: { do: act, ref } }) {
    if (act === "all") self.all = !self.all;
    else if (act === "cancel") return close(self);
    else if (act === "seen") return send(self, act, ref, "");
    else self.form = { act, ref };
    self.draw();
    const field = self.box.querySelector("form input");
    if (field && act !== "all") field.focus();
    return undefined;
  }

  /* What was written goes with its form; the button that opened it has the focus again. */
  function close(self) {
    const { act, ref } = self.form;
    self.form = null;
    self.draw();
    const button = [...self.box.querySelectorAll(`[data-do="${act}"]`)].find(({ dataset }) => dataset.ref === ref);
    if (button) button.focus();
  }

  parts.myForm = function ({ page, form }) {
    const { format } = page;
    const { label, send: word, needs } = ACTS[form.act];
    const box = parts.make("form", "");
    const text = parts.make("input", "inp");
    for (const [name, value] of Object.entries({ maxlength: LONGEST, placeholder: format.word(label), "aria-label": format.word(label), ...(needs ? { required: "" } : {}) })) text.setAttribute(name, value);
    const button = parts.make("button", "btn primary", format.word(word));
    const problem = parts.make("p", "problem");
    problem.setAttribute("role", "alert");
    box.append(text, button, parts.myButton(format.word("drawer.cancel"), "cancel", "", "quiet"), problem);
    return box;
  };

  /* The server answers once what was sent is counted, so what is asked for then is new. */
  async function send(self, act, ref, text) {
    if (self.sending) return;
    self.sending = true;
    const how = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(ACTS[act].body(ref, text)) };
    const answer = await parts.getJson(`${ACTS[act].path}?as=${encodeURIComponent(self.who)}`, how);
    self.sending = false;
    if (answer.error) return void parts.writeText(self.box.querySelector("form .problem") || self.slots.problem, parts.refusal(self, answer));
    self.form = null;
    parts.writeText(self.slots.done, self.page.format.word("me.sent"));
    await self.askNow();
    Object.assign(self.slots.done, { tabIndex: -1 }).focus({ preventScroll: true }); /* the field that had it is gone */
  }

  const writing = ({ form }, slot) => form !== null && slot.querySelector("form") !== null;

  /* The flag that stands, otherwise what the evidence says of now. */
  parts.drawMyPeers = function (self, hidden) {
    const { page, told, slots } = self;
    if (!slots.verdict) return;
    const { format } = page;
    const found = { ...told.evidence, ...parts.curveEnd(self.curves) };
    page.evidence.agents = new Map([[told.agent, found]]);
    const of = standing(told, found);
    const code = hidden ? "" : of.flag || (told.month.assessed === false ? "not_assessed" : found.verdict || "no_verdict");
    slots.verdict.className = `verdict ${code}`;
    parts.morph(slots.verdict, code ? [parts.shape(parts.flagShape(code)), parts.make("b", "", format.word(`flag.${code}`)), ...since(page, of)] : []);
    parts.writeText(slots.said, code ? parts.said(page, of, code) : "");
    parts.morph(slots.exact, (code ? [...today(format, found), ...parts.exactly(page, of, code)] : []).map((text) => parts.make("span", "", text)));
    if (!writing(self, slots.episodes)) parts.morph(slots.episodes, listed(told.flags).map((one) => episode(self, one, of.episode)));
  };

  function standing(told, { verdict }) {
    const live = told.flags.filter(({ state }) => WAITING.includes(state)).sort((a, b) => RULES.indexOf(a.rule) - RULES.indexOf(b.rule))[0];
    const scored = told.records.filter(({ kind }) => kind === "evaluation").length;
    const of = { id: told.agent, assessed: told.month.assessed, scored, verdict };
    if (live && !(live.rule !== "review" && verdict === "watch")) return { ...of, episode: live, flag: live.rule, flag_since: Date.parse(live.opened) };
    return { ...of, flag: verdict === "watch" ? "watch" : null };
  }

  const since = (page, { flag, flag_since }) => (flag && flag_since ? [parts.make("span", "dim n", page.format.word("episode.from", { time: parts.fullMoment(page, flag_since) }))] : []);

  function today(format, { counted, expected, window_peer, shifts }) {
    const now = parts.known(counted) && parts.known(expected) ? [format.word("me.today_peers", { counted: format.figure("count", counted), expected: format.figure("due", expected) })] : [];
    const window = parts.known(window_peer) && shifts ? [format.word("me.window", { shifts, ratio: format.figure("ratio", window_peer) })] : [];
    return [...now, ...window];
  }

  /* What waits, and the newest that is done. */
  function listed(flags) {
    const waiting = flags.filter(({ state }) => WAITING.includes(state));
    return [...waiting, ...flags.filter(({ state }) => !WAITING.includes(state)).slice(0, 1)];
  }

  /* named: the flag that stands over the list already. */
  function episode(self, one, named) {
    const { page } = self;
    const { format } = page;
    const waits = WAITING.includes(one.state);
    const opened = parts.fullMoment(page, Date.parse(one.opened));
    const head = parts.make("div", "head");
    if (named !== one) head.append(parts.shape(parts.flagShape(one.rule)), parts.make("b", "", format.word(`flag.${one.rule}`)), parts.make("span", "dim n", format.word("episode.from", { time: opened })));
    head.append(parts.make("span", "state n", format.word(waits ? "me.with_lead" : `episode.${one.state}`)));
    const aloud = waits && named !== one ? [parts.said(page, { id: one.agent, flag_since: Date.parse(one.opened), scored: one.facts.n || 0 }, one.rule)] : [];
    const lines = [...aloud, ...one.actions.map((done) => parts.didWords(page, done)), ...parts.coached(format, one), ...(one.contested ? [format.word("me.contested")] : [])];
    const writes = self.form && self.form.act === "contest" && self.form.ref === one.id;
    if (!one.contested && !writes) head.append(parts.myButton(format.word("do.contest"), "contest", one.id));
    const box = parts.make("div", `episode ${one.state}`, head, ...lines.filter(Boolean).map((line) => parts.make("p", "n", line)), ...(writes ? [parts.myForm(self)] : []));
    Object.assign(box.dataset, { rule: one.rule, ref: one.id });
    return box;
  }

  /* Sent, read, objection, answer: each with its date, or who is waited for. */
  parts.drawMyFeedback = function (self) {
    const { page, told, slots } = self;
    if (writing(self, slots.feedback)) return;
    const receipts = told.feedback.map((one) => receipt(self, one));
    parts.morph(slots.feedback, receipts.length ? receipts : [parts.make("p", "dimmer", page.format.word("me.no_feedback"))]);
  };

  function receipt(self, one) {
    const { page } = self;
    const { format } = page;
    const moment = ({ at }) => parts.fullMoment(page, Date.parse(at));
    const line = (who, { text }) => parts.make("p", "note", format.word("me.said_by", { who, text }));
    const box = parts.make("div", "receipt", parts.make("p", "tiny n", format.word("me.by", { time: moment(one), by: parts.plainName(one.by) })), parts.make("p", "quote", one.text || ""));
    box.dataset.ref = one.id;
    if (one.objected) box.append(line(format.word("me.own"), one.objected));
    if (one.answered) box.append(line(parts.plainName(one.answered.by), one.answered));
    const step = (name, done, waits) => parts.make("div", done ? "on" : "", format.word(`me.${name}`), parts.make("span", "n", done ? moment(done) : waits ? format.word("me.waiting") : parts.UNKNOWN));
    box.append(parts.make("div", "steps", step("sent_at", one), step("seen_at", one.seen, true), step("objected_at", one.objected), step("answered_at", one.answered)));
    if (self.form && self.form.act === "objected" && self.form.ref === one.id) return box.append(parts.myForm(self)) || box;
    const seen = one.seen ? [] : [parts.myButton(format.word("me.understood"), "seen", one.id, "primary")];
    const differ = one.objected ? [] : [parts.myButton(format.word("me.differ"), "objected", one.id, "")];
    if (seen.length || differ.length) box.append(parts.make("div", "bs", ...seen, ...differ));
    return box;
  }
})();
