/* The agent table: rows of the store -> AG Grid, through the grid's API only. The rowTransaction property of the Dash
   component keeps every transaction it was ever given, so a screen that runs for days must not use it. */
(function () {
  "use strict";
  const parts = (window.callfloorParts = window.callfloorParts || {});
  const RESORT_MS = 10000;
  const SPARK = { width: 200, height: 20 };
  const TREND = { width: 48, height: 20 };
  const SHAPES = { ringing: "available", training: "other", meeting: "other", offline: "away" };

  /* page: {root, store, format, fresh, lang}; box: the element around the grid. */
  parts.makeGrid = function (page, box) {
    const grid = { page, box, shown: new Map(), order: new Map(), sortedAt: 0, hidden: false, asked: false, api: null, open: null, planless: false };
    grid.draw = () => ready(grid) && draw(grid);
    grid.tick = () => tick(grid);
    grid.select = (id) => select(grid, id);
    grid.beside = (id, step) => beside(grid, id, step);
    return grid;
  };

  /* The grid comes when the browser has loaded it; until then frames wait in the store. */
  function ready(grid) {
    if (grid.asked || !window.dash_ag_grid) return grid.api !== null;
    grid.asked = true;
    window.dash_ag_grid.getApiAsync(grid.box.dataset.grid).then((api) => {
      grid.api = api;
      api.addEventListener("rowClicked", ({ data }) => grid.page.drawer && grid.page.drawer.show(data.id));
      grid.draw();
    });
    return false;
  }

  /* The row of the agent in the drawer is marked. */
  function select(grid, id) {
    const before = grid.open;
    grid.open = id;
    if (grid.api) change(grid, [before, id].filter((one) => one !== null && grid.shown.has(one)));
  }

  /* The agent above or below in the order shown; the first or last one where none is open. */
  function beside(grid, id, step) {
    if (!grid.api) return null;
    const count = grid.api.getDisplayedRowCount();
    const node = id === null ? null : grid.api.getRowNode(id);
    const from = node ? node.rowIndex : step > 0 ? -1 : count;
    const next = grid.api.getDisplayedRowAtIndex(Math.min(count - 1, Math.max(0, from + step)));
    if (next) grid.api.ensureIndexVisible(next.rowIndex);
    return next ? next.data.id : null;
  }

  /* Where nobody owes anything there is nothing to compare with. */
  function hidePlan(grid) {
    const planless = grid.page.store.loaded && !grid.page.store.hasPlan();
    if (planless === grid.planless) return;
    grid.planless = planless;
    grid.api.setColumnsVisible(["due", "pace"], !planless);
  }

  function draw(grid) {
    hidePlan(grid);
    const hidden = grid.page.fresh.state() === "hidden";
    const all = hidden !== grid.hidden || grid.shown.size === 0;
    grid.hidden = hidden;
    const touched = grid.page.store.takeTouched();
    change(grid, all ? everyone(grid) : touched);
  }

  function change(grid, changed) {
    const { rows } = grid.page.store;
    const isNew = changed.some((id) => rows.has(id) && !grid.order.has(id));
    if (isNew) rank(grid);
    const ids = isNew ? everyone(grid) : changed;
    const tx = { add: [], update: [], remove: [] };
    for (const id of ids) {
      if (rows.has(id)) tx[grid.shown.has(id) ? "update" : "add"].push(row(grid, id));
      else if (grid.shown.has(id)) tx.remove.push({ id });
    }
    for (const one of [...tx.add, ...tx.update]) grid.shown.set(one.id, one);
    for (const one of tx.remove) grid.shown.delete(one.id);
    if (tx.add.length + tx.update.length + tx.remove.length) grid.api.applyTransactionAsync(tx);
  }

  const everyone = (grid) => [...new Set([...grid.page.store.rows.keys(), ...grid.shown.keys()])];

  /* A row of the frame -> the fields of the columns. Away without any call today: no figures, as nothing was measured. */
  function row(grid, id) {
    const of = grid.page.store.agent(id);
    const away = isAway(of.state);
    const fixed = { id, away, mute: of.assessed === false, open: id === grid.open, label: label(grid.page, of), order: grid.order.get(id) };
    const bare = grid.hidden || (away && of.handled === 0 && of.deducted === 0);
    const state = grid.hidden ? null : `${of.state || "offline"}|${of.since || ""}`;
    return { ...fixed, state, ...owed(grid, of), ...(bare ? {} : figures(of)) };
  }

  /* What is due stays while calls are stale, and is owed by who is away. In place of a pace the reason stands, unless it is
     that of the whole team, which the strip above says once. */
  function owed(grid, of) {
    const unknown = grid.page.fresh.planState() === "hidden";
    const [team] = grid.page.store.teams.values();
    const why = of.why && of.why !== (team || {}).reason ? of.why : null;
    const pace = parts.known(of.pace) ? (grid.hidden ? null : of.pace) : why;
    return { due: unknown ? null : of.due, pace };
  }

  function figures(of) {
    const { handled, deducted, net, converted, spark } = of;
    const csat = of.answered ? `${of.satisfied}/${of.answered}` : null;
    const trend = of.trend && of.trend.length ? `${of.trend_state || ""}|${of.trend.join(" ")}` : null;
    return { handled, deducted, net, converted, spark, trend, aht: of.aht_s, qa: of.score, csat, short: handled ? of.short / handled : null };
  }

  const isAway = (state) => state === null || state === undefined || state === "offline";
  const label = (page, of) => (page.lang === "en" && of.name_en) || of.name || of.id;

  /* Away on top, then by name. */
  function rank(grid) {
    const { columns, rows } = grid.page.store;
    const [state, name, english] = ["state", "name", "name_en"].map((key) => columns.indexOf(key));
    const order = new Intl.Collator(grid.page.lang === "zh" ? "zh-CN" : "en").compare;
    const keyed = [...rows].map(([id, r]) => [isAway(r[state]) ? 0 : 1, label(grid.page, { id, name: r[name], name_en: r[english] }), id]);
    keyed.sort((a, b) => a[0] - b[0] || order(a[1], b[1]) || order(a[2], b[2]));
    grid.order = new Map(keyed.map(([, , id], i) => [id, i]));
  }

  /* Once a second: the times in state; every ten, unless the pointer is over the table: the order. */
  function tick(grid) {
    for (const node of grid.box.querySelectorAll(".tick")) writeTime(node, grid.page);
    if (!ready(grid) || performance.now() - grid.sortedAt < RESORT_MS || grid.box.matches(":hover")) return;
    grid.sortedAt = performance.now();
    resort(grid);
  }

  function resort(grid) {
    const before = grid.order;
    rank(grid);
    change(grid, [...grid.order.keys()].filter((id) => before.get(id) !== grid.order.get(id) && grid.shown.has(id)));
    grid.api.flushAsyncTransactions();
    grid.api.refreshClientSideRowModel("sort");
  }

  function writeTime(node, page) {
    const text = page.format.duration((page.fresh.valuesAtMs() - Number(node.dataset.since)) / 1000);
    if (node.textContent !== text) node.textContent = text;
  }

  /* Cell renderers and formatters, by the names that layouts/parts/agent_grid.py gives them. */
  const functions = (window.dashAgGridFunctions = window.dashAgGridFunctions || {});
  const components = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});
  const el = (...all) => window.React.createElement(...all);

  functions.callfloorFigure = (value, kind) => parts.page.format.figure(kind, value);

  components.CallfloorState = function ({ value }) {
    if (!value) return parts.UNKNOWN;
    const [state, since] = value.split("|");
    const fill = (node) => node && writeTime(node, parts.page);
    const time = since && !isAway(state) ? el("span", { key: since, className: "n tick", "data-since": since, ref: fill }) : null;
    const word = el("span", { className: "cap" }, parts.page.format.word(`state.${state}`));
    return el("span", { className: "st" }, el("span", { className: `g g-${SHAPES[state] || state}` }), word, time);
  };

  components.CallfloorSpark = function ({ value }) {
    if (!value || !value.length) return null;
    const box = { viewBox: `0 0 ${SPARK.width} ${SPARK.height}`, height: SPARK.height, preserveAspectRatio: "none", "aria-hidden": true };
    const d = parts.sparkPath(value, Math.max(...value), SPARK.width, SPARK.height);
    const line = { d, fill: "none", stroke: "var(--data-line)", strokeWidth: 1.3, strokeLinejoin: "round", vectorEffect: "non-scaling-stroke" };
    return el("span", { className: "spark" }, el("svg", box, el("path", line)));
  };

  /* Inside its limits, or not yet judged: a line. Below them: a shape and its word. */
  components.CallfloorTrend = function ({ value }) {
    if (!value) return null;
    const [state, list] = value.split("|");
    const { d, end } = parts.trendPath(list.split(" ").map(Number), TREND.width - 6, TREND.height);
    const line = { d, fill: "none", stroke: "var(--data-line)", strokeWidth: 1.3, strokeLinejoin: "round" };
    const dot = el("circle", { cx: end[0], cy: end[1], r: 2, fill: "var(--data-line)" });
    const svg = el("svg", { width: TREND.width, height: TREND.height, "aria-hidden": true }, el("path", line), dot);
    const fell = state === "drop" ? el("span", { className: "g g-behind", title: parts.page.format.word("trend.drop") }) : null;
    return el("span", { className: "z" }, svg, fell);
  };
})();
