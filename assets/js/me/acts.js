/* On an agent's own page: their standing among peers, in words; flags and the acts on them; feedback and its receipt; and the
   agent's own acts: appeal, contest a flag, say that they have seen feedback or see it differently. */
(function () {
  "use strict";
  const app = (window.callfloorApp = window.callfloorApp || {});

  app.myButton = (text, act, ref, kind = "sm") => app.makeButton(`btn ${kind}`.trim(), text, { do: act, ref });

  /* The path and body of each act, and the words of its one field. */
  const ACTS = {
    appeal: { path: "/appeals", label: "drawer.reason", send: "act.appeal", body: (ref, text) => ({ ref, text }) },
    contest: { path: "/flags", label: "do.contest_text", send: "do.contest", needs: true, body: (ref, text) => ({ ref, kind: "flag.contested", text }) },
    objected: { path: "/feedback", label: "me.differ_text", send: "me.differ", needs: true, body: (ref, text) => ({ ref, kind: "feedback.objected", text }) },
    seen: { path: "/feedback", body: (ref) => ({ ref, kind: "feedback.seen" }) },
  };

  /* One listener for the page: the buttons are drawn again. */
  app.startMyActs = function (self) {
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

  /* The form goes with its text; the button that opened it gets the focus back. */
  function close(self) {
    const { act, ref } = self.form;
    self.form = null;
    self.draw();
    const button = [...self.box.querySelectorAll(`[data-do="${act}"]`)].find(({ dataset }) => dataset.ref === ref);
    if (button) button.focus();
  }

  app.myForm = function ({ page, form }) {
    const { format } = page;
    const { label, send: word, needs } = ACTS[form.act];
    const box = app.make("form", "");
    const text = app.makeField(format.word(label), needs);
    const button = app.make("button", "btn primary", format.word(word));
    box.append(text, button, app.myButton(format.word("drawer.cancel"), "cancel", "", "quiet"), app.makeProblem());
    return box;
  };

  /* The server answers once the act is counted, so the next answer contains it. */
  async function send(self, act, ref, text) {
    if (self.sending) return;
    self.sending = true;
    const answer = await app.postJson(ACTS[act].path, ACTS[act].body(ref, text));
    self.sending = false;
    if (answer.error) return void app.writeText(self.box.querySelector("form .problem") || self.slots.problem, app.refusalText(self.page.format, answer, "me.unreachable"));
    self.form = null;
    app.writeText(self.slots.done, self.page.format.word("me.sent"));
    await self.ask();
    Object.assign(self.slots.done, { tabIndex: -1 }).focus({ preventScroll: true }); /* the field that had it is gone */
  }

  const writing = ({ form }, slot) => form !== null && slot.querySelector("form") !== null;

  /* The flag that waits, otherwise the verdict of the evidence. */
  app.drawMyPeers = function (self, hidden) {
    const { page, view, slots } = self;
    if (!slots.verdict) return;
    const { format } = page;
    const evidence = { ...view.evidence, ...app.curveEnd(self.curves) };
    page.evidence.agents = new Map([[view.agent, evidence]]);
    const of = standing(view, evidence);
    const code = hidden ? "" : of.flag || (view.month.assessed === false ? "not_assessed" : evidence.verdict || "no_verdict");
    slots.verdict.className = `verdict ${code}`;
    app.morph(slots.verdict, code ? [app.makeShape(app.flagShape(code)), app.make("b", "", format.word(`flag.${code}`)), ...since(page, of)] : []);
    app.writeText(slots.said, code ? app.flagSentence(page, of, code) : "");
    app.morph(slots.exact, (code ? [...today(format, evidence), ...app.exactFigures(page, of, code)] : []).map((text) => app.make("span", "", text)));
    if (!writing(self, slots.episodes)) app.morph(slots.episodes, listed(view.flags).map((one) => episode(self, one, of.episode)));
  };

  function standing(view, { verdict }) {
    const live = view.flags.filter(app.isWaiting).sort((a, b) => app.episodeRank(a) - app.episodeRank(b))[0];
    const scored = view.records.filter(({ kind }) => kind === "evaluation").length;
    const of = { id: view.agent, assessed: view.month.assessed, scored, verdict };
    if (live && !(live.rule !== "review" && verdict === "watch")) return { ...of, episode: live, flag: live.rule, flag_since: Date.parse(live.opened) };
    return { ...of, flag: verdict === "watch" ? "watch" : null };
  }

  const since = (page, { flag, flag_since }) => (flag && flag_since ? [app.make("span", "dim n", app.sinceWords(page, flag_since))] : []);

  function today(format, { counted, expected, window_peer, shifts }) {
    const now = app.isKnown(counted) && app.isKnown(expected) ? [format.word("me.today_peers", { counted: format.figure("count", counted), expected: format.figure("due", expected) })] : [];
    const window = app.isKnown(window_peer) && shifts ? [format.word("me.window", { shifts, ratio: format.figure("ratio", window_peer) })] : [];
    return [...now, ...window];
  }

  /* The flags that wait, and the newest other one. */
  function listed(flags) {
    return [...flags.filter(app.isWaiting), ...flags.filter((one) => !app.isWaiting(one)).slice(0, 1)];
  }

  /* named: the flag that the head above the list names already. */
  function episode(self, one, named) {
    const { page } = self;
    const { format } = page;
    const waits = app.isWaiting(one);
    const head = app.make("div", "head");
    if (named !== one) head.append(app.makeShape(app.flagShape(one.rule)), app.make("b", "", format.word(`flag.${one.rule}`)), app.make("span", "dim n", app.sinceWords(page, Date.parse(one.opened))));
    head.append(app.make("span", "state n", format.word(waits ? "me.with_lead" : `episode.${one.state}`)));
    const aloud = waits && named !== one ? [app.flagSentence(page, { id: one.agent, flag_since: Date.parse(one.opened), scored: one.facts.n || 0 }, one.rule)] : [];
    const lines = [...aloud, ...one.actions.map((done) => app.actionWords(page, done)), ...app.coachingWords(format, one), ...(one.contested ? [format.word("me.contested")] : [])];
    const writes = self.form && self.form.act === "contest" && self.form.ref === one.id;
    if (!one.contested && !writes) head.append(app.myButton(format.word("do.contest"), "contest", one.id));
    const box = app.make("div", `episode ${one.state}`, head, ...lines.filter(Boolean).map((line) => app.make("p", "n", line)), ...(writes ? [app.myForm(self)] : []));
    Object.assign(box.dataset, { rule: one.rule, ref: one.id });
    return box;
  }

  /* Sent, read, objection, answer: each with its date, or that it is awaited. */
  app.drawMyFeedback = function (self) {
    const { page, view, slots } = self;
    if (writing(self, slots.feedback)) return;
    const receipts = view.feedback.map((one) => receipt(self, one));
    app.morph(slots.feedback, receipts.length ? receipts : [app.make("p", "dimmer", page.format.word("me.no_feedback"))]);
  };

  function receipt(self, one) {
    const { page } = self;
    const { format } = page;
    const moment = ({ at }) => app.fullMoment(page, Date.parse(at));
    const line = (who, { text }) => app.make("p", "note", format.word("me.said_by", { who, text }));
    const box = app.make("div", "receipt", app.make("p", "tiny n", format.word("me.by", { time: moment(one), by: app.actorName(one.by) })), app.make("p", "quote", one.text || ""));
    box.dataset.ref = one.id;
    if (one.objected) box.append(line(format.word("me.own"), one.objected));
    if (one.answered) box.append(line(app.actorName(one.answered.by), one.answered));
    const step = (name, done, waits) => app.make("div", done ? "on" : "", format.word(`me.${name}`), app.make("span", "n", done ? moment(done) : waits ? format.word("me.waiting") : app.UNKNOWN));
    box.append(app.make("div", "steps", step("sent_at", one), step("seen_at", one.seen, true), step("objected_at", one.objected), step("answered_at", one.answered)));
    if (self.form && self.form.act === "objected" && self.form.ref === one.id) return box.append(app.myForm(self)) || box;
    const seen = one.seen ? [] : [app.myButton(format.word("me.understood"), "seen", one.id, "primary")];
    const differ = one.objected ? [] : [app.myButton(format.word("me.differ"), "objected", one.id, "")];
    if (seen.length || differ.length) box.append(app.make("div", "bs", ...seen, ...differ));
    return box;
  }
})();
