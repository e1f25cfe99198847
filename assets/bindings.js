/* What layouts/bindings.py declares, drawn from the store. A node is touched only when its text changes. */
(function () {
  "use strict";
  const parts = (window.callfloorParts = window.callfloorParts || {});

  /* page: {root, store, format, fresh} */
  parts.bind = function (page) {
    const found = { text: [], when: [], bar: [], chart: [], age: [], clock: [], fresh: [], notice: [] };
    for (const node of page.root.querySelectorAll("[data-live]")) (found[node.dataset.live] || []).push(node);
    return { values: () => drawValues(page, found), freshness: () => drawFreshness(page, found) };
  };

  function drawValues(page, found) {
    const state = page.fresh.state();
    const value = (path) => (state === "hidden" || !page.store.loaded ? null : page.store.value(path));
    for (const node of found.text) drawText(node, value(node.dataset.path), page.format);
    for (const node of found.when) node.classList.toggle("off", !takesPart(node.dataset, value));
    for (const node of found.bar) drawBar(node, value);
    for (const node of found.chart) parts.drawHalfHours(node, page.store.loaded ? page.store.value(node.dataset.path) : null, state, page.format);
  }

  function drawText(node, value, format) {
    write(node, format.figure(node.dataset.format, value));
    node.classList.toggle("gone", value === null);
  }

  function takesPart({ path, differs }, value) {
    const own = value(path);
    return own !== null && (differs ? own !== value(differs) : Boolean(own));
  }

  function drawBar(node, value) {
    const { path, peers, whole } = node.dataset;
    const largest = whole ? Number(whole) : Math.max(0, ...peers.split(" ").map((peer) => value(peer) || 0));
    const part = largest > 0 ? Math.min(1, Math.max(0, value(path) || 0) / largest) : 0;
    const width = `${(part * 100).toFixed(2)}%`;
    if (node.firstChild.style.width !== width) node.firstChild.style.width = width;
  }

  function drawFreshness(page, found) {
    const { fresh, format, root } = page;
    const state = fresh.state();
    for (const name of ["loading", "live", "stale", "hidden"]) root.classList.toggle(`is-${name}`, name === state);
    root.classList.toggle("is-aging", fresh.isAging());
    root.classList.toggle("is-cut", fresh.isCut());
    const age = fresh.ageS();
    for (const node of found.age) write(node, age === null ? parts.UNKNOWN : format.age(age));
    for (const node of found.fresh) write(node, freshWord(fresh, format));
    for (const node of found.notice) write(node, fresh.isCut() ? fresh.sentence(format) : "");
    for (const node of found.clock) write(node, format[node.dataset.format](fresh.nowMs()));
  }

  function freshWord(fresh, format) {
    if (fresh.state() === "loading") return format.word("live.connecting");
    return fresh.isAging() ? format.age(fresh.ageS()) : format.word("live.live");
  }

  function write(node, text) {
    if (node.textContent !== text) node.textContent = text;
  }
})();
