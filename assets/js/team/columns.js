/* Which columns of the agent table are shown, how wide, in which order and by which one it is sorted: chosen by whoever sits
   before it and kept in this browser, for each direction of a team. What nobody chose follows the room there is. */
(function () {
  "use strict";
  const app = (window.callfloorApp = window.callfloorApp || {});
  const GIVES_WAY = ["spark", "csat", "short", "aht"]; /* where there is little room, in this order */
  const OF_THE_PLAN = ["due", "pace"];
  const FIXED = ["order", "label"];

  /* grid: {page, box, api}; kept under the direction of the team and whether persons are judged. */
  app.makeColumns = function (grid) {
    const key = `callfloor.columns.${grid.box.dataset.direction}.${grid.page.judged ? "judged" : "counted"}`;
    const self = { grid, key, choice: read(key), planless: false, width: 0, own: false };
    self.fit = (planless) => fit(self, planless);
    self.reset = () => reset(self);
    self.show = (id, shown) => show(self, id, shown);
    self.sorted = (id, direction) => keep(self, { sort: id === "order" ? undefined : { id, direction } });
    self.all = () => columns(grid).filter(({ id }) => !FIXED.includes(id));
    self.isShown = (id) => grid.api.getColumn(id).isVisible();
    listen(self);
    restore(self);
    return self;
  };

  const columns = ({ api }) => api.getAllGridColumns().map((column) => ({ id: column.getColId(), ...column.getColDef() }));

  /* {shown: {id: bool}, width: {id: px}, order: [id], sort: {id, direction}}; what cannot be read is no choice. */
  function read(key) {
    try {
      const found = JSON.parse(window.localStorage.getItem(key) || "{}");
      return found && typeof found === "object" && !Array.isArray(found) ? found : {};
    } catch (error) {
      return unread(error);
    }
  }

  /* A browser that keeps nothing, or another's text under our key. */
  function unread(error) {
    if (error instanceof SyntaxError || error instanceof DOMException) return {};
    throw error;
  }

  function keep(self, change) {
    Object.assign(self.choice, change);
    try {
      window.localStorage.setItem(self.key, JSON.stringify(self.choice));
    } catch (error) {
      unread(error);
    }
  }

  /* What is done here by code is no choice of anybody's. */
  function listen(self) {
    const { api } = self.grid;
    api.addEventListener("columnResized", ({ finished, source, column }) => {
      if (finished && column && source.startsWith("ui")) keep(self, { width: { ...self.choice.width, [column.getColId()]: column.getActualWidth() } });
    });
    api.addEventListener("columnMoved", ({ finished, source }) => {
      if (finished && source.startsWith("ui")) keep(self, { order: api.getAllGridColumns().map((column) => column.getColId()) });
    });
  }

  function restore(self) {
    const { width = {}, sort } = self.choice;
    const order = Array.isArray(self.choice.order) ? self.choice.order : [];
    const known = columns(self.grid).map(({ id }) => id);
    const ids = [...order.filter((id) => known.includes(id)), ...known.filter((id) => !order.includes(id))];
    const sorted = sort && known.includes(sort.id) ? sort : { id: "order", direction: "asc" };
    const state = ids.map((id) => ({ colId: id, sort: id === sorted.id ? sorted.direction : null, ...(width[id] > 0 ? { width: width[id], flex: null } : {}) }));
    self.grid.api.applyColumnState({ state, applyOrder: order.length > 0 });
  }

  function show(self, id, shown) {
    keep(self, { shown: { ...self.choice.shown, [id]: shown } });
    arrange(self);
  }

  /* As it was before anybody chose: the page's own columns, in the order of the evidence. */
  function reset(self) {
    self.choice = {};
    keep(self, {});
    self.grid.api.resetColumnState();
    arrange(self);
  }

  /* Called at every draw: does something only where the room or the plan is another. */
  function fit(self, planless) {
    const width = self.grid.width;
    if (planless === self.planless && width === self.width) return;
    Object.assign(self, { planless, width });
    if (width) arrange(self);
  }

  /* Chosen columns are as chosen. Of the others what has nothing to compare with goes, then what explains least. */
  function arrange(self) {
    const { planless, width, choice, grid } = self;
    const free = self.all().filter(({ id }) => (choice.shown || {})[id] === undefined).map(({ id }) => id);
    const gone = new Set(self.all().filter(({ id }) => (choice.shown || {})[id] === false).map(({ id }) => id));
    if (planless) for (const id of OF_THE_PLAN) if (free.includes(id)) gone.add(id);
    const least = () => columns(grid).reduce((sum, { id, hide, minWidth }) => sum + (hide || gone.has(id) ? 0 : (choice.width || {})[id] || minWidth || 0), 0);
    for (const id of GIVES_WAY) if (free.includes(id) && least() > width) gone.add(id);
    const ids = self.all().map(({ id }) => id);
    grid.api.setColumnsVisible(ids.filter((id) => !gone.has(id)), true);
    grid.api.setColumnsVisible(ids.filter((id) => gone.has(id)), false);
  }

  /* The list of the columns behind the button over the table; it is made when it is opened. */
  app.addColumnChoice = function (page, menu) {
    const list = menu.querySelector("[data-bar=columns]");
    const of = () => page.grids[0] && page.grids[0].columns;
    menu.addEventListener("toggle", () => menu.open && of() && list.replaceChildren(...boxes(of()), app.makeButton("btn sm", list.dataset.reset)));
    menu.addEventListener("keydown", ({ key }) => key === "Escape" && close(menu));
    list.addEventListener("change", ({ target }) => of().show(target.value, target.checked));
    list.addEventListener("click", ({ target }) => {
      if (!target.closest("button")) return;
      of().reset();
      for (const box of list.querySelectorAll("input")) box.checked = of().isShown(box.value);
    });
  };

  function close(menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }

  function boxes(own) {
    return own.all().map(({ id, headerName }) => {
      const box = app.make("input");
      Object.assign(box, { type: "checkbox", value: id, checked: own.isShown(id) });
      return app.make("label", "choice", box, app.make("span", "", headerName));
    });
  }
})();
