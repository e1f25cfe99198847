/* The agent table: rows of the store -> AG Grid, through the grid's API only. The rowTransaction property of the Dash component
   stores every transaction it ever got, so a screen that runs for days must not use it. */
(function () {
  "use strict";
  const app = (window.callfloorApp = window.callfloorApp || {});
  const RESORT_MS = 10000;
  const RENEW_MS = 600000;
  const LATER_ROWS = 400; /* of those whose row has not changed: so many a draw, that no draw takes long */
  const TOUCH = { rowHeight: 48, headerHeight: 44 };

  /* page: {root, store, format, fresh, evidence, lang}; box: the element around the grid. */
  app.makeGrid = function (page, box) {
    const view = { order: new Map(), sortedAt: 0, renewedAt: 0, hidden: false, open: null, width: 0, chip: "all", state: "", text: "" };
    const grid = { page, box, rows: app.makeRows(page), drawn: new Map(), asked: false, api: null, columns: null, ...view };
    grid.draw = () => ready(grid) && draw(grid);
    grid.tick = () => tick(grid);
    grid.select = (id) => select(grid, id);
    grid.neighbour = (id, step) => neighbour(grid, id, step);
    grid.filter = (how) => filter(grid, how);
    grid.focus = (id) => focus(grid, id);
    grid.rankOf = (id) => grid.order.get(id);
    grid.byEvidence = () => grid.api && grid.api.applyColumnState({ state: [{ colId: "order", sort: "asc" }], defaultState: { sort: null } });
    return grid;
  };

  /* Until the browser has loaded the grid, frames wait in the store. */
  function ready(grid) {
    if (grid.asked || !window.dash_ag_grid) return grid.api !== null;
    grid.asked = true;
    window.dash_ag_grid.getApiAsync(grid.box.dataset.grid).then((api) => {
      grid.api = api;
      api.setGridOption("rowData", []);
      bySize(grid);
      grid.columns = app.makeColumns(grid);
      api.addEventListener("rowClicked", ({ data }) => grid.page.drawer && grid.page.drawer.show(data.id));
      api.addEventListener("cellKeyDown", ({ data, event }) => ["Enter", " "].includes(event.key) && opens(grid, data, event));
      api.setGridOption("tabToNextCell", () => false); /* one stop of the keyboard: inside of it the arrows go on */
      api.addEventListener("sortChanged", () => sorted(grid));
      api.setGridOption("isExternalFilterPresent", () => isFiltered(grid));
      api.setGridOption("doesExternalFilterPass", ({ data }) => passes(grid, data.id));
      if (grid.columns.choice.sort) sorted(grid);
      grid.draw();
    });
    return false;
  }

  function opens({ page }, { id }, event) {
    event.preventDefault();
    if (page.drawer) page.drawer.show(id);
  }

  /* Moves the focus to the first cell of the agent's row. */
  function focus({ api }, id) {
    const node = api && api.getRowNode(id);
    if (!node || node.rowIndex === null) return;
    api.ensureIndexVisible(node.rowIndex);
    api.setFocusedCell(node.rowIndex, "label");
  }

  /* Taller rows where there is no fine pointer. The browser reports the width: asking for it costs a layout. */
  function bySize(grid) {
    const coarse = window.matchMedia("(pointer: coarse)");
    const density = () => coarse.matches && Object.entries(TOUCH).forEach(([name, px]) => grid.api.setGridOption(name, px));
    coarse.addEventListener("change", density);
    density();
    grid.width = grid.box.clientWidth;
    new ResizeObserver(([{ contentRect }]) => (grid.width = Math.round(contentRect.width))).observe(grid.box);
  }

  /* A third click on a head ends its order; the table returns to the order of the evidence. */
  function sorted(grid) {
    const sort = grid.api.getColumnState().find((column) => column.sort);
    if (!sort) return grid.byEvidence();
    grid.box.dataset.sort = sort.colId;
    grid.columns.sorted(sort.colId, sort.sort);
    return grid.page.tableBar && grid.page.tableBar.markOrder(sort.colId === "order");
  }

  const isFiltered = ({ chip, state, text }) => chip !== "all" || state !== "" || text !== "";

  function passes(grid, id) {
    if (!grid.page.store.rows.has(id)) return false;
    const { chip, state, text, rows } = grid;
    return (chip === "all" || rows.chip(id) === chip) && (!state || rows.state(id) === state) && (!text || rows.finds(id, text));
  }

  /* how: {chip}, {state} or {text}. */
  function filter(grid, how) {
    Object.assign(grid, how);
    if (grid.api) grid.api.onFilterChanged();
  }

  /* Marks the row of the agent in the drawer. */
  function select(grid, id) {
    const before = grid.open;
    grid.open = id;
    if (grid.api) change(grid, [before, id].filter((one) => one !== null && grid.drawn.has(one)));
  }

  /* The next agent above or below in the order on screen; the first or last where none is open. */
  function neighbour(grid, id, step) {
    if (!grid.api) return null;
    const count = grid.api.getDisplayedRowCount();
    const node = id === null ? null : grid.api.getRowNode(id);
    const from = node && node.rowIndex !== null ? node.rowIndex : step > 0 ? -1 : count;
    const next = grid.api.getDisplayedRowAtIndex(Math.min(count - 1, Math.max(0, from + step)));
    if (next) grid.api.ensureIndexVisible(next.rowIndex);
    return next ? next.data.id : null;
  }

  function draw(grid) {
    const { store, fresh } = grid.page;
    grid.columns.fit(store.loaded && !store.hasPlan());
    const hidden = fresh.state() === "hidden";
    const all = hidden !== grid.hidden || grid.drawn.size === 0;
    grid.hidden = hidden;
    const touched = store.takeTouched(LATER_ROWS);
    change(grid, all ? everyone(grid) : touched);
  }

  /* A new agent comes to their place, and the order of all is renewed: not while the pointer is over the table. */
  function change(grid, changed) {
    const { rows } = grid.page.store;
    const unplaced = changed.filter((id) => rows.has(id) && !grid.order.has(id));
    const waits = unplaced.length > 0 && grid.drawn.size > 0 && isHeld(grid);
    if (waits) for (const id of unplaced) grid.page.store.touched.add(id);
    if (unplaced.length && !waits) grid.order = grid.rows.rank();
    const tx = { add: [], update: [], remove: [] };
    for (const id of changed) {
      if (rows.has(id) && grid.order.has(id)) tx[grid.drawn.has(id) ? "update" : "add"].push(row(grid, id));
      else if (grid.drawn.has(id)) tx.remove.push({ id });
    }
    for (const one of [...tx.add, ...tx.update]) grid.drawn.set(one.id, one);
    for (const one of tx.remove) grid.drawn.delete(one.id);
    if (tx.add.length + tx.update.length + tx.remove.length) grid.api.applyTransactionAsync(tx);
  }

  const row = (grid, id) => ({ ...grid.rows.row(id, grid.hidden), open: id === grid.open });

  const everyone = (grid) => [...new Set([...grid.page.store.rows.keys(), ...grid.drawn.keys()])];

  const isHeld = ({ box }) => box.matches(":hover, :has([role=gridcell]:focus-visible)");

  /* Every second the times in state; every ten seconds the order, unless the pointer is over the table. */
  function tick(grid) {
    for (const node of grid.box.querySelectorAll(".tick")) app.writeTime(node, grid.page);
    if (!ready(grid)) return;
    renew(grid);
    if (performance.now() - grid.sortedAt < RESORT_MS || isHeld(grid)) return;
    grid.sortedAt = performance.now();
    grid.order = grid.rows.rank();
    grid.api.flushAsyncTransactions();
    grid.api.refreshClientSideRowModel(isFiltered(grid) ? "filter" : "sort");
  }

  /* The grid gives a row its id and style with every change, and React stores them unchanged until that row is drawn again.
     Order, focus and choice stay as they are. */
  function renew(grid) {
    if (performance.now() - grid.renewedAt < RENEW_MS) return;
    grid.renewedAt = performance.now();
    grid.api.redrawRows();
  }
})();
