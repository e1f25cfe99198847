/* The drawer of a team page: one agent, and the records behind their number, from GET /explain. The drawer asks again when the
   agent's row changes and every 15 s, so it never shows another day than the table. Esc closes it, the arrows go to the next
   agent, A acknowledges. judgement.js draws the evidence, flags.js the flags, deductions.js the records. */
(function () {
  "use strict";
  const app = (window.callfloorApp = window.callfloorApp || {});
  const AGAIN_MS = 15000;
  const AFTER_FAILURE_MS = 3000;
  const WATCHED = ["handled", "deducted", "pending", "net", "score"];
  const FLAGGED = ["flag", "flag_since"];

  /* page: {root, store, format, fresh}; null where the page has no drawer. */
  app.makeDrawer = function (page) {
    const box = page.root.querySelector("#drawer");
    if (!box) return null;
    const slots = Object.fromEntries([...box.querySelectorAll("[data-slot]")].map((node) => [node.dataset.slot, node]));
    const drawer = { page, box, slots, agent: null, asking: null, again: false, dueAt: 0, rowKey: "", flagKey: "", episodes: [] };
    drawer.show = (agent) => show(drawer, agent);
    drawer.acknowledge = () => undefined;
    drawer.ask = () => ask(drawer);
    drawer.askAnew = () => askAnew(drawer);
    drawer.draw = () => draw(drawer);
    drawer.tick = () => drawer.agent !== null && performance.now() > drawer.dueAt && (ask(drawer), app.askFlags(drawer), app.askCurve(drawer));
    box.querySelector("[data-act=close]").addEventListener("click", () => show(drawer, null));
    return drawer;
  };

  function show(drawer, agent) {
    const changed = drawer.agent !== agent;
    if (!changed) return;
    const before = drawer.agent;
    Object.assign(drawer, { agent, rowKey: "", flagKey: "", episodes: [], curve: null, curveProblem: "" });
    const shown = agent !== null;
    app.linkAgent(drawer.page, agent);
    app.openAside(drawer.page, shown ? "drawer" : null);
    if (shown) clear(drawer);
    drawer.page.grids.forEach((grid) => grid.select(agent));
    draw(drawer);
    app.moveFocus(drawer.page, shown ? "drawer" : null, before);
  }

  /* The head follows the frames; a changed row makes the drawer ask for the records again. */
  function draw(drawer) {
    if (drawer.agent === null) return openLinked(drawer);
    const of = drawer.page.store.agent(drawer.agent);
    if (!of) return show(drawer, null);
    head(drawer, of);
    app.drawJudgement(drawer, of);
    app.drawCurves(drawer);
    onChange(drawer, of, "rowKey", WATCHED, () => (ask(drawer), app.askCurve(drawer)));
    onChange(drawer, of, "flagKey", FLAGGED, () => app.askFlags(drawer));
  }

  /* Once: opens the agent of the address, if they are on this page. */
  function openLinked(drawer) {
    if (drawer.linked || !drawer.page.store.loaded) return;
    drawer.linked = true;
    const agent = app.linkedAgent();
    if (agent !== null && drawer.page.store.rows.has(agent)) show(drawer, agent);
    else app.keepInLinks(drawer.page);
  }

  function onChange(drawer, of, name, columns, then) {
    const key = JSON.stringify([drawer.agent, ...columns.map((column) => of[column])]);
    if (key === drawer[name]) return;
    drawer[name] = key;
    then();
  }

  function head({ page, slots, box }, of) {
    const { format, lang } = page;
    app.writeText(slots.name, app.nameOf(page, of));
    slots.name.title = slots.name.textContent;
    const hidden = page.fresh.state() === "hidden";
    app.writeText(slots.about, [of.id, box.dataset.direction, hidden ? "" : stateNow(page, of)].filter(Boolean).join(lang === "zh" ? "，" : ", "));
    if (!page.judged) return;
    const verdict = of.trend_state ? format.word(`trend.${of.trend_state}`) : app.UNKNOWN;
    const unscored = page.store.value("floor.missing.evaluations");
    app.writeText(slots.quality, unscored ? format.word(`missing.${unscored}`) : format.word("drawer.quality_now", { state: verdict, n: of.scored }));
    slots.quality.classList.toggle("behind", of.trend_state === "drop");
    app.writeText(slots.trend, hidden ? "" : trend(page, of));
  }

  /* The smoothed score and what it usually lies between. */
  function trend({ format, evidence }, of) {
    if (!app.isKnown(of.trend)) return "";
    const { quality_low, quality_high } = evidence.agent(of.id) || {};
    const [value, low, high] = [of.trend, quality_low, quality_high].map((score) => format.figure("score", score));
    return format.word(app.isKnown(quality_low) ? "drawer.quality_limits" : "drawer.quality_value", { value, low, high });
  }

  function stateNow({ format, fresh, store }, { state, since }) {
    const missing = store.value("floor.missing.states");
    if (missing) return format.word(`missing.${missing}`);
    const word = format.word(`state.${state || "offline"}`);
    return since && state && state !== "offline" ? `${word} ${format.duration((fresh.valuesAtMs() - since) / 1000)}` : word;
  }

  /* One question at a time: however often a question comes up meanwhile, it is asked once more after the answer. */
  function ask(drawer) {
    drawer.again = Boolean(drawer.asking);
    if (drawer.asking) return drawer.asking;
    const asking = answered(drawer).finally(() => {
      if (drawer.asking !== asking) return;
      drawer.asking = null;
      if (drawer.again && drawer.agent !== null) ask(drawer);
    });
    return (drawer.asking = asking);
  }

  /* After an act of the reader: an answer that is on its way is older than the act, so it is dropped. */
  function askAnew(drawer) {
    if (drawer.stop) drawer.stop.abort();
    Object.assign(drawer, { asking: null, again: false });
    return ask(drawer);
  }

  async function answered(drawer) {
    drawer.dueAt = performance.now() + AGAIN_MS;
    const { agent } = drawer;
    const { signal } = (drawer.stop = new AbortController());
    const [explanation, cases] = await Promise.all([app.getJson("/explain", { agent, period: "day" }, signal), app.getJson("/appeals", { agent }, signal)]);
    if (drawer.agent !== agent || signal.aborted) return;
    app.writeText(drawer.slots.problem, "");
    for (const answer of [cases, explanation]) if (answer.error) fail(drawer, answer);
    if (!explanation.error) fill(drawer, { ...explanation, appeals: new Map((cases.appeals || []).map((one) => [one.ref, one])) });
  }

  function fail(drawer, answer) {
    drawer.dueAt = performance.now() + AFTER_FAILURE_MS;
    if (drawer.slots.cases.drawing === null) drawer.slots.cases.replaceChildren(app.make("p", "tiny", app.UNKNOWN));
    app.writeText(drawer.slots.problem, app.refusalText(drawer.page.format, answer));
  }

  function clear({ page, slots, box }) {
    for (const name of ["calls", "deducted", "net", "target_by_now", "pace"]) slots[name].textContent = app.UNKNOWN;
    for (const name of ["policy", "due_made", "range", "sum", "why", "problem"]) slots[name].textContent = "";
    slots.floored.closest(".part").classList.add("off");
    slots.cases.drawing = null;
    app.drawFlags({ page, slots, box, agent: null, episodes: [] });
    slots.cases.replaceChildren(app.make("p", "tiny", page.format.word("drawer.loading")));
  }

  function fill(drawer, explanation) {
    const { page, slots } = drawer;
    const { format } = page;
    const terms = Object.fromEntries(explanation.terms.map((term) => [term.name, term]));
    const value = (name) => (terms[name] && app.isKnown(terms[name].value) ? terms[name].value : null);
    const kinds = { calls: "count", deducted: "count", floored: "count", net: "count", target_by_now: "due_exact", pace: "percent" };
    for (const [name, kind] of Object.entries(kinds)) app.writeFigure(slots[name], format.figure(kind, value(name)));
    slots.formula.classList.toggle("no-pace", value("pace") === null);
    slots.calls.previousSibling.textContent = format.word(`basis.${explanation.volume_basis || "handled"}`);
    slots.floored.closest(".part").classList.toggle("off", !value("floored"));
    app.writeText(slots.policy, explanation.policy ? format.word("drawer.policy", { version: explanation.policy }) : "");
    app.writeText(slots.why, value("pace") === null ? why(drawer) : "");
    app.writeText(slots.due_made, dueMade(format, value("target_by_now"), value("target")));
    app.writeText(slots.range, range(format, explanation));
    app.drawDeductions(drawer, terms.deducted, explanation.appeals);
  }

  /* The reason that the frame carries, which every reader may see; those of the explanation are for the manager. */
  function why({ page, agent }) {
    const of = page.store.agent(agent);
    return (of && of.why && page.format.word(`reason.${of.why}`)) || "";
  }

  function dueMade(format, due, target) {
    if (due === null || !target) return "";
    const figures = { due: format.figure("due_exact", due), target: format.figure("due", target), share: format.figure("share", due / target) };
    return format.word("drawer.due_made", figures);
  }

  function range(format, { net_low, net_high }) {
    if (!app.isKnown(net_low) || !app.isKnown(net_high) || net_low === net_high) return "";
    return format.word("drawer.range", { low: format.figure("count", net_low), high: format.figure("count", net_high) });
  }

  const typing = (node) => node instanceof HTMLElement && node.closest("input, textarea, select") !== null;

  const isWithin = (node, selector) => node instanceof Element && node.closest(selector) !== null;

  /* The keys of the page. The letter A acts only inside the drawer or the table: elsewhere it may be a slip. In the table the
     arrows go from cell to cell until a drawer is open. */
  app.startKeys = function (page) {
    document.addEventListener("keydown", (event) => {
      if (!page.drawer || event.altKey || event.ctrlKey || event.metaKey || typing(event.target)) return;
      if (event.key === "Escape") (page.drawer.agent === null ? page.alerts.close : page.drawer.show)(null);
      if (event.key.toLowerCase() === "a" && page.drawer.agent !== null && isWithin(event.target, "#drawer, .roster")) page.drawer.acknowledge();
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step || !page.grids.length || (page.drawer.agent === null && isWithin(event.target, ".roster"))) return;
      event.preventDefault();
      const next = page.grids[0].neighbour(page.drawer.agent, step);
      if (next !== null) page.drawer.show(next);
    });
  };
})();
