/* Stream -> store -> bindings. Frames come four times a second and are drawn at most once per screen refresh; a hidden
   page stores its data and draws when it is visible again. `window.callfloor` gives tests and benchmarks the page's state.

   A script only defines while it loads, so the order of loading says nothing: everything starts here, when Dash has drawn the
   root element. Plain scripts, for Dash gives each its fingerprint; the inner import of an ES module would have none. */
(function () {
  "use strict";
  const app = (window.callfloorApp = window.callfloorApp || {});
  const TICK_MS = 500;
  const LATE_MS = 15_000;
  const BOUNDS_MS = [25, 50, 100, 250, 500, 1000, 2500, 5000];
  const counts = { applied: 0, gaps: 0, reopened: 0 };
  const latency = { newest_ms: null, bounds_ms: BOUNDS_MS, counts: BOUNDS_MS.map(() => 0).concat(0) };

  function start(root) {
    for (const note of document.querySelectorAll("body > .said")) note.remove();
    const { topic, lang, theme, density, zone, words } = root.dataset;
    Object.assign(document.documentElement, { lang: lang === "zh" ? "zh-CN" : lang });
    Object.assign(document.documentElement.dataset, { theme, density });
    const format = app.makeFormat(lang, zone, JSON.parse(words));
    const page = (app.page = { root, lang, format, store: app.makeStore(), fresh: app.makeFreshness(), drawing: false });
    attach(page, root);
    app.startKeys(page);
    connect(page, topic);
    setInterval(() => tick(page), TICK_MS);
    document.addEventListener("visibilitychange", () => schedule(page));
    tick(page);
  }

  function attach(page, root) {
    page.root = root;
    page.bound = app.makeBindings(page);
    page.judged = Boolean(root.dataset.evidence);
    page.unrated = Boolean(root.dataset.unrated);
    page.evidence = page.evidence || app.makeEvidence(page);
    page.kiosk = app.startKiosk(page);
    page.grids = [...root.querySelectorAll('[data-live="grid"]')].map((box) => app.makeGrid(page, box));
    page.drawer = app.makeDrawer(page);
    page.tableBar = app.makeTableBar(page);
    page.alerts = app.makeAlerts(page);
    page.tiers = [app.makeRollup(page), app.makeSpread(page), app.makeMonthLine(page), app.makeCampaigns(page), app.makeMyPage(page)].filter(Boolean);
  }

  /* Dash may draw the same page again; another page has another topic, and loads from the start. */
  function follow(page) {
    const root = document.getElementById("callfloor");
    if (page.root === root || !root) return;
    if (root.dataset.topic !== page.root.dataset.topic || root.dataset.lang !== page.lang) return location.reload();
    attach(page, root);
  }

  function connect(page, topic) {
    const receiver = (apply, isDelta) => (frame) => {
      page.fresh.receive(frame, isDelta);
      apply(frame);
      record(frame);
      schedule(page);
    };
    const outage = (source) => (page.fresh.outage = source);
    const sink = { snapshot: receiver(page.store.replace, false), frame: receiver(page.store.merge, true), outage, counts };
    page.fresh.line = app.openStream(topic, sink);
    publish(page);
  }

  function record(frame) {
    counts.applied += 1;
    latency.newest_ms = Date.now() - frame.now;
    latency.counts[BOUNDS_MS.filter((bound) => latency.newest_ms > bound).length] += 1;
  }

  function schedule(page) {
    if (page.drawing || document.hidden) return;
    page.drawing = true;
    requestAnimationFrame(() => flush(page));
  }

  function flush(page) {
    page.drawing = false;
    draw(page);
    const { seq, now } = page.fresh.frame || {};
    setTimeout(() => (page.painted = { seq, now, at: performance.timeOrigin + performance.now() }), 0);
  }

  function draw(page) {
    page.bound.freshness();
    page.bound.values();
    page.kiosk.draw();
    for (const grid of page.grids) grid.draw();
    for (const one of [page.drawer, page.tableBar, page.alerts, ...page.tiers]) if (one) one.draw();
  }

  /* Ages grow, clocks run and figures go stale without a frame. */
  function tick(page) {
    page.fresh.line.check();
    if (document.hidden) return;
    follow(page);
    draw(page);
    for (const grid of page.grids) grid.tick();
    if (page.drawer) page.drawer.tick();
    page.evidence.tick();
    page.kiosk.tick();
  }

  function publish(page) {
    const stamp = (name) => (page.fresh.frame ? page.fresh.frame[name] : null);
    const live = { epoch: () => stamp("epoch"), seq: () => stamp("seq"), ageS: () => page.fresh.ageS(), state: () => page.fresh.state() };
    const more = { source: () => page.fresh.source(), rebuilding: () => page.fresh.rebuilding(), painted: () => page.painted || null, latency: () => latency };
    const counters = { applied: () => counts.applied, gaps: () => counts.gaps, reopened: () => counts.reopened };
    const getters = Object.entries({ ...live, ...more, ...counters }).map(([name, get]) => [name, { get, enumerable: true }]);
    window.callfloor = Object.defineProperties({}, Object.fromEntries(getters));
  }

  /* Dash draws the layout after the scripts have run. */
  function whenDrawn(then) {
    const root = () => document.getElementById("callfloor");
    if (root()) return then(root());
    const watch = new MutationObserver(() => {
      if (!root()) return;
      watch.disconnect();
      then(root());
    });
    watch.observe(document.documentElement, { childList: true, subtree: true });
  }

  /* A page whose content does not come says so, and can be asked for again; a wall does that by itself (wall/kiosk.js). */
  function sayLate() {
    const { late, again } = document.documentElement.dataset;
    if (app.page || !late) return;
    const link = Object.assign(app.make("a", "", again), { href: location.href });
    document.body.append(app.make("main", "said", app.make("h1", "", late), app.make("nav", "", link)));
  }

  whenDrawn(start);
  setTimeout(sayLate, LATE_MS);
})();
