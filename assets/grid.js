/* The agent table: rows of the store -> AG Grid, through the grid's API only. The rowTransaction property of the Dash
   component keeps every transaction it was ever given, so a screen that runs for days must not use it. */
(function () {
  "use strict";
  const parts = (window.callfloorParts = window.callfloorParts || {});
  const RESORT_MS = 10000;
  const GIVES_WAY = ["spark", "csat", "short", "aht"]; /* where there is little room, in this order */

  /* page: {root, store, format, fresh, evidence, lang}; box: the element around the grid. */
  parts.makeGrid = function (page, box) {
    const view = { order: new Map(), sortedAt: 0, hidden: false, open: null, planless: false, width: 0, chip: "all", text: "" };
    const grid = { page, box, rows: parts.makeRows(page), shown: new Map(), asked: false, api: null, ...view };
    grid.draw = () => ready(grid) && draw(grid);
    grid.tick = () => tick(grid);
    grid.select = (id) => select(grid, id);
    grid.beside = (id, step) => beside(grid, id, step);
    grid.filter = (how) => filter(grid, how);
    grid.focus = (id) => focus(grid, id);
    grid.byEvidence = () => grid.api && grid.api.applyColumnState({ state: [{ colId: "order", sort: "asc" }], defaultState: { sort: null } });
    return grid;
  };

  /* The grid comes when the browser has loaded it; until then frames wait in the store. */
  function ready(grid) {
    if (grid.asked || !window.dash_ag_grid) return grid.api !== null;
    grid.asked = true;
    window.dash_ag_grid.getApiAsync(grid.box.dataset.grid).then((api) => {
      grid.api = api;
      api.addEventListener("rowClicked", ({ data }) => grid.page.drawer && grid.page.drawer.show(data.id));
      api.addEventListener("cellKeyDown", ({ data, event }) => ["Enter", " "].includes(event.key) && opens(grid, data, event));
      api.setGridOption("tabToNextCell", () => false); /* one stop of the keyboard: inside of it the arrows go on */
      api.addEventListener("sortChanged", () => sorted(grid));
      api.setGridOption("isExternalFilterPresent", () => grid.chip !== "all" || grid.text !== "");
      api.setGridOption("doesExternalFilterPass", ({ data }) => passes(grid, data.id));
      grid.draw();
    });
    return false;
  }

  function opens({ page }, { id }, event) {
    event.preventDefault();
    if (page.drawer) page.drawer.show(id);
  }

  /* The keyboard goes to the row of the agent, in its first column. */
  function focus({ api }, id) {
    const node = api && api.getRowNode(id);
    if (!node || node.rowIndex === null) return;
    api.ensureIndexVisible(node.rowIndex);
    api.setFocusedCell(node.rowIndex, "label");
  }

  /* A third click on a head takes its order away: then the table is in the order of the evidence. */
  function sorted(grid) {
    const sort = grid.api.getColumnState().find((column) => column.sort);
    if (!sort) return grid.byEvidence();
    grid.box.dataset.sort = sort.colId;
    return grid.page.desk && grid.page.desk.sorted(sort.colId === "order");
  }

  function passes(grid, id) {
    if (!grid.page.store.rows.has(id)) return false;
    return (grid.chip === "all" || grid.rows.chip(id) === grid.chip) && (!grid.text || grid.rows.finds(id, grid.text));
  }

  /* how: {chip} or {text}. */
  function filter(grid, how) {
    Object.assign(grid, how);
    if (grid.api) grid.api.onFilterChanged();
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
    const from = node && node.rowIndex !== null ? node.rowIndex : step > 0 ? -1 : count;
    const next = grid.api.getDisplayedRowAtIndex(Math.min(count - 1, Math.max(0, from + step)));
    if (next) grid.api.ensureIndexVisible(next.rowIndex);
    return next ? next.data.id : null;
  }

  /* Where nobody owes anything there is nothing to compare with; where there is little room, what explains least gives way. */
  function fit(grid) {
    const planless = grid.page.store.loaded && !grid.page.store.hasPlan();
    if (planless !== grid.planless) grid.api.setColumnsVisible(["due", "pace"], !planless);
    grid.planless = planless;
    if (grid.box.clientWidth !== grid.width) fitWidth(grid);
  }

  /* What explains least gives way until the rest has its least width. */
  function fitWidth(grid) {
    const width = (grid.width = grid.box.clientWidth);
    if (!width) return;
    const columns = grid.api.getColumns().map((column) => [column.getColId(), column.getColDef()]);
    const gone = planColumns(grid);
    const least = (without) => columns.reduce((sum, [id, { hide, minWidth }]) => sum + (hide || without.includes(id) ? 0 : minWidth || 0), 0);
    const count = GIVES_WAY.findIndex((_, i) => least([...gone, ...GIVES_WAY.slice(0, i)]) <= width);
    const hidden = GIVES_WAY.slice(0, count < 0 ? GIVES_WAY.length : count);
    grid.api.setColumnsVisible(GIVES_WAY.filter((id) => !hidden.includes(id)), true);
    grid.api.setColumnsVisible(hidden, false);
  }

  const planColumns = (grid) => (grid.planless ? ["due", "pace"] : []);

  function draw(grid) {
    fit(grid);
    const hidden = grid.page.fresh.state() === "hidden";
    const all = hidden !== grid.hidden || grid.shown.size === 0;
    grid.hidden = hidden;
    const touched = grid.page.store.takeTouched();
    change(grid, all ? everyone(grid) : touched);
  }

  function change(grid, changed) {
    const { rows } = grid.page.store;
    const isNew = changed.some((id) => rows.has(id) && !grid.order.has(id));
    if (isNew) grid.order = grid.rows.rank();
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

  const row = (grid, id) => ({ ...grid.rows.row(id, grid.order.get(id), grid.hidden), open: id === grid.open });

  const everyone = (grid) => [...new Set([...grid.page.store.rows.keys(), ...grid.shown.keys()])];

  /* Once a second: the times in state; every ten, unless the pointer is over the table: the order. */
  function tick(grid) {
    for (const node of grid.box.querySelectorAll(".tick")) parts.writeTime(node, grid.page);
    if (!ready(grid) || performance.now() - grid.sortedAt < RESORT_MS || grid.box.matches(":hover, :has([role=gridcell]:focus-visible)")) return;
    grid.sortedAt = performance.now();
    resort(grid);
  }

  function resort(grid) {
    const before = grid.order;
    grid.order = grid.rows.rank();
    change(grid, [...grid.order.keys()].filter((id) => before.get(id) !== grid.order.get(id) && grid.shown.has(id)));
    grid.api.flushAsyncTransactions();
    grid.api.refreshClientSideRowModel(grid.chip === "all" && !grid.text ? "sort" : "filter");
  }
})();
