/* What layouts/parts/bindings.py declares, drawn from the store. */
(function () {
  "use strict";
  const app = (window.callfloorApp = window.callfloorApp || {});

  /* page: {root, store, format, fresh} */
  app.makeBindings = function (page) {
    for (const slot of page.root.querySelectorAll("[data-live=like]:empty")) fillSlot(page.root, slot);
    const nodes = { text: [], word: [], when: [], bar: [], status: [], chart: [], age: [], clock: [], fresh: [], notice: [], spoken: [] };
    for (const node of page.root.querySelectorAll("[data-live]:not(template *)")) (nodes[node.dataset.live] || []).push(ofTeam(node));
    return { values: () => drawValues(page, nodes), freshness: () => drawFreshness(page, nodes) };
  };

  /* A node shows the figures of the team of the element around it. Ids stand in attributes, never in a path. */
  const ofTeam = (node) => Object.assign(node, { team: node.closest("[data-team]")?.dataset.team });

  /* The children of the model, with the words of this element. */
  function fillSlot(root, slot) {
    const content = document.createDocumentFragment();
    content.append(...root.querySelector(`template[data-model="${slot.dataset.model}"]`).cloneNode(true).childNodes);
    for (const node of content.querySelectorAll("*")) {
      for (const attribute of node.attributes) attribute.value = fillIn(attribute.value, slot);
      for (const text of node.childNodes) if (text.nodeType === Node.TEXT_NODE) text.data = fillIn(text.data, slot);
    }
    slot.append(content);
  }

  const fillIn = (text, { dataset }) => text.replace(/\{(\w+)\}/g, (all, name) => dataset[name] ?? all);

  function drawValues(page, nodes) {
    const state = page.fresh.state();
    const { store, format, fresh } = page;
    const reader = (hidden) => ({ team }) => (path) => (hidden || !store.loaded ? null : store.value(path, team));
    const [value, planned] = [reader(state === "hidden"), reader(fresh.planState() === "hidden")];
    const planOrValue = (node) => (node.dataset.plan ? planned : value)(node);
    page.root.classList.toggle("is-planless", store.loaded && !store.hasPlan());
    for (const node of nodes.text) drawText(node, planOrValue(node)(node.dataset.path), format);
    for (const node of nodes.word) drawWord(node, value(node)(node.dataset.code), format);
    for (const node of nodes.when) node.classList.toggle("off", !takesPart(node.dataset, planOrValue(node)));
    for (const node of nodes.bar) drawBar(node, value(node), planned(node));
    for (const node of nodes.status) drawStatus(node, value(node));
    for (const node of nodes.chart) drawChart(page, node, state);
  }

  function drawChart({ root, store, fresh, format }, node, state) {
    if (node.closest(root.classList.contains("is-planless") ? ".with-plan" : ".without-plan")) return;
    const halfHours = ofFigure(store.loaded ? store.value(node.dataset.path, node.team) : null, node.dataset.figure);
    const bars = fresh.rebuilding() ? "none" : state;
    app.drawHalfHours(node, halfHours, { bars, due: fresh.planState(), now: fresh.nowMs() }, format);
  }

  /* Calls handled have no due; each bar carries its count. */
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
    setLength(node.querySelector(".fill"), "width", part);
    if (tick) drawTick(node.querySelector(".due-tick"), node.dataset, planned(tick), largest);
    if (band) drawBand(node, value(path), value(band), Number(whole));
  }

  /* The range of chance around 1; outside it a shortfall is hatched and a surplus solid. */
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
    setLength(node, "left", left);
    setLength(node, "width", right - left);
  }

  /* Ahead or behind outside the band, on pace inside it. Without a band a pace of 1 or more is on pace, and a lower one has no status. */
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
    if (due !== null) setLength(tick, "left", Math.min(1, (at ? Number(at) : due) / largest));
  }

  function setLength(node, side, share) {
    const length = app.percentLength(share);
    if (node.style[side] !== length) node.style[side] = length;
  }

  function drawFreshness(page, nodes) {
    const { fresh, format, root } = page;
    const state = fresh.state();
    for (const name of ["loading", "live", "stale", "hidden"]) root.classList.toggle(`is-${name}`, name === state);
    root.classList.toggle("is-rebuilding", Boolean(fresh.rebuilding()));
    root.classList.toggle("is-plan-stale", fresh.planState() !== "live");
    root.classList.toggle("is-aging", fresh.isAging());
    root.classList.toggle("is-cut", fresh.isCut());
    const age = fresh.ageS();
    for (const node of nodes.age) app.writeText(node, age === null ? app.UNKNOWN : format.age(age));
    for (const node of nodes.fresh) app.writeText(node, freshWord(fresh, format));
    for (const node of nodes.notice) app.writeText(node, fresh.isCut() ? fresh.sentence(format) : "");
    for (const node of nodes.spoken) speak(node, fresh, format);
    for (const node of nodes.clock) app.writeText(node, format[node.dataset.format](fresh.nowMs()));
  }

  /* Once per change: a screen reader would read a sentence that counts seconds every second. */
  function speak(node, fresh, format) {
    const key = fresh.isCut() ? `${fresh.state()} ${fresh.source()}` : "";
    if (key === (node.dataset.said || "")) return;
    node.dataset.said = key;
    app.writeText(node, key ? fresh.sentence(format) : format.word("live.live"));
  }

  function freshWord(fresh, format) {
    if (fresh.state() === "loading") return format.word("live.connecting");
    if (fresh.isAging()) return format.age(fresh.ageS());
    return format.word(fresh.line.asking ? "live.asking" : "live.live");
  }
})();
