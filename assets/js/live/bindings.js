/* What layouts/parts/bindings.py declares, drawn from the store. A node is touched only when its text changes. */
(function () {
  "use strict";
  const app = (window.callfloorApp = window.callfloorApp || {});

  /* page: {root, store, format, fresh} */
  app.bind = function (page) {
    for (const place of page.root.querySelectorAll("[data-live=like]:empty")) fillPlace(page.root, place);
    const found = { text: [], word: [], when: [], bar: [], status: [], chart: [], age: [], clock: [], fresh: [], notice: [], spoken: [] };
    for (const node of page.root.querySelectorAll("[data-live]:not(template *)")) (found[node.dataset.live] || []).push(ofTeam(node));
    return { values: () => drawValues(page, found), freshness: () => drawFreshness(page, found) };
  };

  /* Whose figures a node shows: the team of the element around it. Ids stand in attributes, never inside of a path. */
  const ofTeam = (node) => Object.assign(node, { team: node.closest("[data-team]")?.dataset.team });

  /* The children of the model, with the words of this place. */
  function fillPlace(root, place) {
    const content = document.createDocumentFragment();
    content.append(...root.querySelector(`template[data-model="${place.dataset.model}"]`).cloneNode(true).childNodes);
    for (const node of content.querySelectorAll("*")) {
      for (const attribute of node.attributes) attribute.value = worded(attribute.value, place);
      for (const text of node.childNodes) if (text.nodeType === Node.TEXT_NODE) text.data = worded(text.data, place);
    }
    place.append(content);
  }

  const worded = (text, { dataset }) => text.replace(/\{(\w+)\}/g, (all, name) => dataset[name] ?? all);

  function drawValues(page, found) {
    const state = page.fresh.state();
    const { store, format, fresh } = page;
    const reader = (hidden) => ({ team }) => (path) => (hidden || !store.loaded ? null : store.value(path, team));
    const [value, planned] = [reader(state === "hidden"), reader(fresh.planState() === "hidden")];
    const of = (node) => (node.dataset.plan ? planned : value)(node);
    page.root.classList.toggle("is-planless", store.loaded && !store.hasPlan());
    for (const node of found.text) drawText(node, of(node)(node.dataset.path), format);
    for (const node of found.word) drawWord(node, value(node)(node.dataset.code), format);
    for (const node of found.when) node.classList.toggle("off", !takesPart(node.dataset, of(node)));
    for (const node of found.bar) drawBar(node, value(node), planned(node));
    for (const node of found.status) drawStatus(node, value(node));
    for (const node of found.chart) drawChart(page, node, state);
  }

  function drawChart({ root, store, fresh, format }, node, state) {
    if (node.closest(root.classList.contains("is-planless") ? ".with-plan" : ".without-plan")) return;
    const halfHours = ofFigure(store.loaded ? store.value(node.dataset.path, node.team) : null, node.dataset.figure);
    const bars = fresh.rebuilding() ? "none" : state;
    app.drawHalfHours(node, halfHours, { bars, due: fresh.planState(), now: fresh.nowMs() }, format);
  }

  /* Of calls handled nothing is due; each bar says how many they are. */
  const ofFigure = (halfHours, figure) => (halfHours && figure !== "net" ? { ...halfHours, net: halfHours[figure], due: [], labelled: true } : halfHours);

  function drawText(node, value, format) {
    app.writeText(node, format.figure(node.dataset.format, value));
    node.classList.toggle("gone", value === null);
  }

  function drawWord(node, code, format) {
    app.writeText(node, code === null ? "" : format.word(`${node.dataset.group}.${code}`) || "");
    if (node.dataset.is !== String(code)) node.dataset.is = code;
  }

  function takesPart({ path, differs, equals, absent }, value) {
    if (absent) return value(absent) === null;
    const own = value(path);
    if (equals) return own === equals;
    return own !== null && (differs ? own !== value(differs) : Boolean(own));
  }

  function drawBar(node, value, planned) {
    const { path, most, whole, tick, band } = node.dataset;
    const largest = whole ? Number(whole) : value(most) || 0;
    const part = largest > 0 ? Math.min(1, Math.max(0, value(path) || 0) / largest) : 0;
    place(node.querySelector(".fill"), "width", part);
    if (tick) drawTick(node.querySelector(".due-tick"), node.dataset, planned(tick), largest);
    if (band) drawBand(node, value(path), value(band), Number(whole));
  }

  /* What chance allows around 1; outside of it the shortfall is hatched and the surplus solid. */
  function drawBand(node, pace, band, whole) {
    const [pale, beyond] = [node.querySelector(".band"), node.querySelector(".beyond")];
    const outside = pace !== null && band !== null && (pace < band.low || pace > band.high);
    pale.classList.toggle("off", band === null || pace === null);
    beyond.classList.toggle("off", !outside);
    if (band !== null) span(pale, band.low / whole, band.high / whole);
    if (!outside) return;
    beyond.classList.toggle("short", pace < 1);
    span(beyond, Math.min(pace, 1) / whole, Math.max(pace, 1) / whole);
  }

  function span(node, from, to) {
    const [left, right] = [from, to].map((part) => Math.min(1, Math.max(0, part)));
    place(node, "left", left);
    place(node, "width", right - left);
  }

  /* Ahead or behind outside of the band, on pace inside it. Without a band who has done what is due is on pace; of the others
     nothing can be said. */
  function drawStatus(node, value) {
    const [pace, band] = [value(node.dataset.path), value(node.dataset.band)];
    node.classList.toggle("off", pace === null || (band === null && pace < 1));
    const name = pace === null || band === null || (pace >= band.low && pace <= band.high) ? "pace" : pace < band.low ? "behind" : "ahead";
    const shape = `g g-${name}`;
    if (node.firstChild.className !== shape) node.firstChild.className = shape;
  }

  /* The tick of what is due: where the value says, or at a fixed place of the bar. */
  function drawTick(tick, { at }, due, largest) {
    tick.classList.toggle("off", due === null);
    if (due !== null) place(tick, "left", Math.min(1, (at ? Number(at) : due) / largest));
  }

  function place(node, side, part) {
    const length = app.percentLength(part);
    if (node.style[side] !== length) node.style[side] = length;
  }

  function drawFreshness(page, found) {
    const { fresh, format, root } = page;
    const state = fresh.state();
    for (const name of ["loading", "live", "stale", "hidden"]) root.classList.toggle(`is-${name}`, name === state);
    root.classList.toggle("is-rebuilding", Boolean(fresh.rebuilding()));
    root.classList.toggle("is-plan-stale", fresh.planState() !== "live");
    root.classList.toggle("is-aging", fresh.isAging());
    root.classList.toggle("is-cut", fresh.isCut());
    const age = fresh.ageS();
    for (const node of found.age) app.writeText(node, age === null ? app.UNKNOWN : format.age(age));
    for (const node of found.fresh) app.writeText(node, freshWord(fresh, format));
    for (const node of found.notice) app.writeText(node, fresh.isCut() ? fresh.sentence(format) : "");
    for (const node of found.spoken) speak(node, fresh, format);
    for (const node of found.clock) app.writeText(node, format[node.dataset.format](fresh.nowMs()));
  }

  /* Once for each change: a sentence that counts seconds would be read out every second. */
  function speak(node, fresh, format) {
    const said = fresh.isCut() ? `${fresh.state()} ${fresh.source()}` : "";
    if (said === (node.dataset.said || "")) return;
    node.dataset.said = said;
    app.writeText(node, said ? fresh.sentence(format) : format.word("live.live"));
  }

  function freshWord(fresh, format) {
    if (fresh.state() === "loading") return format.word("live.connecting");
    if (fresh.isAging()) return format.age(fresh.ageS());
    return format.word(fresh.line.asking ? "live.asking" : "live.live");
  }
})();
