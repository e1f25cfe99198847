/* An agent's own page: fills the slots of layouts/agent.py from GET /me.json, at most every three seconds and at once after
   an act of the agent. While the server gives no answer the page says so, and the figures stay. */
(function () {
  "use strict";
  const app = (window.callfloorApp = window.callfloorApp || {});
  const AGAIN_MS = 3000;
  const NO_COMPLAINTS = "no_complaint_source";
  const LONGEST_MS = 30000;
  const CURVES_MS = 30_000;
  const RESTS = 9; /* times as long as the answer took: a server that has much to do is asked less often */
  const TOUCH = "(max-width: 640px), (pointer: coarse)";

  /* page: {root, store, format, fresh, lang}; null on other pages. form: the open form, {act, ref}, or null. */
  app.makeMyPage = function (page) {
    const box = page.root.querySelector(".me-page");
    if (!box) return null;
    const slots = Object.fromEntries([...box.querySelectorAll("[data-me]")].map((node) => [node.dataset.me, node]));
    const self = { page, box, slots, who: app.ownAgent() || "", view: null, error: null, asked: 0, dueAt: 0, asking: false, all: false, form: null };
    self.draw = () => draw(self);
    self.ask = () => ask(self);
    self.curves = makeCurves(self);
    app.startMyActs(self);
    followSize(page);
    return self;
  };

  /* The curve of the shift and the chart of the scores, by GET /curve as in the drawer. A phone has neither, for what draws them
     is large; under a works council there is no slot for them. */
  function makeCurves(self) {
    const { page, box, who } = self;
    const slots = Object.fromEntries([...box.querySelectorAll("[data-slot]")].map((node) => [node.dataset.slot, node]));
    const curves = { page, slots, agent: who, curve: null, curveProblem: "", calls: null, dueAt: 0 };
    curves.draw = () => drawCurves(self);
    return curves;
  }

  /* Fetched again with every call, so that the ends of the curves equal the figures. */
  function drawCurves({ curves, view }) {
    if (!view || curves.page.root.dataset.density === "touch") return;
    if (view.day.calls !== curves.calls || performance.now() > curves.dueAt) {
      Object.assign(curves, { calls: view.day.calls, dueAt: performance.now() + CURVES_MS });
      app.askCurve(curves);
    }
    app.drawCurves(curves);
  }

  /* Fingers need more room than a pointer. */
  function followSize({ root }) {
    const touch = window.matchMedia(TOUCH);
    const set = () => {
      for (const node of [root, document.documentElement]) node.dataset.density = touch.matches ? "touch" : "desk";
    };
    touch.addEventListener("change", set);
    set();
  }

  function draw(self) {
    if (!self.asking && performance.now() > self.dueAt) ask(self);
    drawCurves(self);
    const hidden = self.page.fresh.state() === "hidden";
    const drawing = [self.view, self.error, hidden, self.all, self.form, self.page.format.day(self.page.fresh.nowMs()), self.curves.curve];
    if (self.drawn && drawing.every((value, i) => value === self.drawn[i])) return;
    self.drawn = drawing;
    app.writeText(self.slots.problem, self.error ? app.refusalText(self.page.format, self.error, "me.unreachable") : "");
    if (self.view) fill(self, hidden);
  }

  async function ask(self) {
    const asked = (self.asked += 1);
    const began = performance.now();
    Object.assign(self, { asking: true });
    const answer = await app.getJson("/me.json");
    if (asked !== self.asked) return;
    const rest = Math.max(AGAIN_MS, RESTS * (performance.now() - began));
    Object.assign(self, { asking: false, dueAt: performance.now() + Math.min(rest, LONGEST_MS), error: answer.error ? answer : null });
    if (!answer.error) self.view = answer;
    draw(self);
  }

  function fill(self, hidden) {
    const { view, slots } = self;
    app.writeText(slots.name, nameOf(self));
    number(self, hidden ? unknown(view.month) : view.month, hidden ? unknown(view.day) : view.day);
    how(self, hidden);
    bracket(self, hidden ? null : view.bracket);
    app.drawMyRecords(self);
    app.drawMySheets(self);
    app.drawMyLookers(self);
    app.drawMyPeers(self, hidden);
    app.drawMyFeedback(self);
  }

  const unknown = (period) => ({ ...period, ...Object.fromEntries(["net", "pace", "attainment", "calls"].map((name) => [name, null])) });

  function nameOf({ page, view }) {
    const name = app.nameOf(page, { ...view, id: view.agent });
    return view.team ? page.format.word("me.name", { name, team: app.nameOf(page, view.team) }) : name;
  }

  /* The month, and today. A missing ratio has a reason. */
  function number(self, month, day) {
    const { slots, page } = self;
    const { format } = page;
    figure(slots.net, format.figure("count", month.net));
    figure(slots.pace, format.figure("percent", month.pace));
    figure(slots.attainment, format.figure("percent", month.attainment));
    figure(slots.net_today, format.figure("count", day.net));
    app.morph(slots.owed, owed(format, month));
    app.writeText(slots.target, app.isKnown(month.target) ? format.word("me.target", { n: format.figure("due", month.target) }) : "");
    figure(slots.pace_today, format.figure("percent", day.pace));
    app.morph(slots.owed_today, owed(format, day));
    app.writeText(slots.calls_today, day.calls === 0 ? format.word("me.no_calls") : "");
    marks(self, month);
  }

  const space = (text) => app.make("i", "", text);

  function owed(format, { target_by_now: due, net, reasons }) {
    if (!app.isKnown(due)) return [reason(format, reasons)];
    const gap = app.isKnown(net) ? [space(format.figure("gap", net - due))] : [];
    return [format.word("me.owed", { n: format.figure("due", due) }), ...gap];
  }

  function reason(format, reasons) {
    const words = (reasons || []).map((code) => format.word(`me.${code}`) || format.word(`reason.${code}`)).find(Boolean);
    return words || "";
  }

  /* Net, due and target on one bar: from zero to the month's target, or to the net where that is more. */
  function marks({ slots, page }, { net, target_by_now: due, target }) {
    const { format } = page;
    const off = !app.isKnown(target) || target <= 0;
    slots.bar.parentElement.classList.toggle("off", off);
    if (off) return;
    const whole = Math.max(target, net || 0);
    app.morph(slots.bar, [app.makeMark("i", "fill", { width: (net || 0) / whole }), ...(app.isKnown(due) ? [app.makeMark("i", "due-tick", { left: due / whole })] : [])]);
    const labels = [["0", 0, 0], [format.word("me.due"), due / whole, 1], [format.word("me.target", { n: format.figure("due", target) }), target / whole, 2]];
    const shown = labels.filter(([, place, i]) => app.isKnown(place) && (i !== 1 || (place > 0.06 && place < 0.72)));
    app.morph(slots.scale, shown.map(([text, place, i]) => app.makeMark("span", i === 2 ? "whole-at" : i ? "due-at" : "", { left: place }, text)));
  }

  /* The formula of the month and of today, then what is still open. */
  function how(self, hidden) {
    const { slots, view, page } = self;
    const { format } = page;
    const { version, since } = view.policy;
    const date = since && since.slice(0, 4) === view.now.slice(0, 4) ? since.slice(5) : since;
    app.writeText(slots.rules, since ? format.word("me.rules_since", { version, date }) : format.word("me.rules", { version }));
    app.morph(slots.eq, ["month", "day"].map((kind) => equation(format, kind, hidden ? unknown(view[kind]) : view[kind])));
    app.writeText(slots.note, hidden ? "" : notes(format, view.month).join(page.lang === "zh" ? "" : " "));
  }

  function equation(format, kind, of) {
    const term = (label, value, form) => app.make("span", "term", app.make("small", "", label), app.make("b", "fig", format.figure(form || "count", value)));
    const sign = (text) => app.make("i", "", text);
    const word = (name) => format.word(`me.${name}`);
    const less = (of.reasons || []).includes(NO_COMPLAINTS) ? app.make("span", "term untold", app.make("small", "", word("deducted")), app.make("span", "", format.word(`missing.${NO_COMPLAINTS}`))) : term(word("deducted"), of.deducted);
    const net = [term(format.word(`basis.${of.basis}`) || of.basis, of.calls), sign("−"), less];
    const floored = of.floored ? [sign("+"), term(word("floored"), of.floored)] : [];
    const ratio = app.isKnown(of.pace) ? [sign("÷"), term(word("due"), of.target_by_now, "due_exact"), sign("="), term(word("pace"), of.pace, "percent")] : [];
    const name = app.make("span", "of", word(kind === "month" ? "month" : "today"));
    const whole = [[name, ...net], [...floored, sign("="), term(word("net"), of.net)], ratio].filter((part) => part.length);
    return app.make("div", "eq", ...whole.map((part) => app.make("span", "part", ...part)));
  }

  function notes(format, month) {
    const count = (value) => format.figure("count", value);
    const { deducted, pending, appealed, net, net_low: low, net_high: high, target, target_by_now: due } = month;
    const some = { n: count(deducted), pending: count(pending), appealed: count(appealed) };
    const open = pending ? [format.word(appealed ? "me.pending_appealed" : "me.pending", some)] : [];
    const range = app.isKnown(low) && low !== high ? [format.word("me.range", { low: count(low), high: count(high) })] : [];
    const left = app.isKnown(target) && app.isKnown(due) && target > due && net < target;
    const needs = left ? [format.word("me.needs", { n: format.figure("whole_share", (target - net) / (target - due)) })] : [];
    return [...open, ...range, ...needs];
  }

  /* For the agent alone. An estimate: due and all else stay as they are now. */
  function bracket({ slots, page }, standing) {
    const { format } = page;
    app.writeText(slots.next, standing ? nextStep(format, standing) : format.word("me.no_score"));
    const figures = standing && { grade: standing.grade, score: format.figure("ratio", standing.score) };
    app.writeText(slots.as_is, standing ? format.word("me.as_is", figures) : "");
    app.morph(slots.steps, standing ? steps(format, standing) : []);
  }

  function nextStep(format, { next, grade, calls_to_next: n }) {
    if (!next) return format.word("me.top", { grade });
    return n > 0 ? format.word("me.to_next", { n: format.figure("count", n), next }) : format.word("me.no_way", { next });
  }

  /* Brackets of equal width; the mark of the score stands in its bracket. */
  function steps(format, { brackets, score, grade, top }) {
    const place = brackets.findIndex(({ label }) => label === grade);
    const [low, high] = [brackets[place].lower, place + 1 < brackets.length ? brackets[place + 1].lower : Math.max(top, score)];
    const part = (place + (high > low ? Math.min(1, (score - low) / (high - low)) : 0.5)) / brackets.length;
    const mark = app.makeMark("span", part > 0.8 ? "score-at at-end" : part < 0.2 ? "score-at at-start" : "score-at", { left: part }, format.word("me.score", { score: format.figure("ratio", score) }));
    const cells = brackets.map(({ label, lower }, i) => app.make("span", i === place ? "step on" : "step", app.make("i", ""), app.make("small", "", i ? format.figure("ratio", lower) : ""), app.make("b", "", format.word("me.grade", { grade: label }))));
    return [mark, app.make("div", "row", ...cells)];
  }

  function figure(node, text) {
    app.writeFigure(node, text);
    node.classList.toggle("gone", text === app.UNKNOWN);
  }
})();
