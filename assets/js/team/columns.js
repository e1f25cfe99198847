/* The columns of the agent table: which are visible, how wide, in which order, and which one sorts. The reader's choice stays in
   this browser, for each direction of a team; columns that nobody chose give way where there is little room. */
(function () {
  "use strict";
  const app = (window.callfloorApp = window.callfloorApp || {});
  const OF_THE_PLAN = ["due", "pace"];
  const FIXED = ["order", "label"];

  /* grid: {page, box, api}. The key names the direction of the team, and whether agents are judged. */
  app.makeColumns = function (grid) {
    const key = `callfloor.columns.${grid.box.dataset.direction}.${grid.page.judged ? "judged" : "counted"}`;
    const self = { grid, key, choice: read(key), planless: false, width: 0 };
    self.fit = (planless) => fit(self, planless);
    self.reset = () => reset(self);
    self.show = (id, shown) => show(self, id, shown);
    self.sorted = (id, direction) => keep(self, { sort: id === "order" ? undefined : { id, direction } });
    self.all = () => columns(grid).filter(({ id }) => !FIXED.includes(id));
    self.isVisible = (id) => grid.api.getColumn(id).isVisible();
    listen(self);
    restore(self);
    return self;
  };

  const columns = ({ api }) => api.getAllGridColumns().map((column) => ({ id: column.getColId(), ...column.getColDef() }));

  /* {shown: {id: bool}, width: {id: px}, order: [id], sort: {id, direction}}; unreadable text is no choice. */
  function read(key) {
    try {
      const choice = JSON.parse(window.localStorage.getItem(key) || "{}");
      return choice && typeof choice === "object" && !Array.isArray(choice) ? choice : {};
    } catch (error) {
      return noChoice(error);
    }
  }

  /* A browser without storage, or foreign text under our key. */
  function noChoice(error) {
    if (error instanceof SyntaxError || error instanceof DOMException) return {};
    throw error;
  }

  function keep(self, change) {
    Object.assign(self.choice, change);
    try {
      window.localStorage.setItem(self.key, JSON.stringify(self.choice));
    } catch (error) {
      noChoice(error);
    }
  }

  /* Only what the reader does by hand is a choice, not what this script does. */
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

  /* Back to the page's own columns, in the order of the evidence. */
  function reset(self) {
    self.choice = {};
    keep(self, {});
    self.grid.api.resetColumnState();
    arrange(self);
  }

  /* Called at every draw; works only where the width or the plan has changed. */
  function fit(self, planless) {
    const width = self.grid.width;
    if (planless === self.planless && width === self.width) return;
    Object.assign(self, { planless, width });
    if (width) arrange(self);
  }

  /* Chosen columns stay as chosen. Of the others, those of a missing plan go first, then those that explain least. */
  function arrange(self) {
    const { planless, width, choice, grid } = self;
    const free = self.all().filter(({ id }) => (choice.shown || {})[id] === undefined).map(({ id }) => id);
    const gone = new Set(self.all().filter(({ id }) => (choice.shown || {})[id] === false).map(({ id }) => id));
    if (planless) for (const id of OF_THE_PLAN) if (free.includes(id)) gone.add(id);
    const least = () => columns(grid).reduce((sum, { id, hide, minWidth }) => sum + (hide || gone.has(id) ? 0 : (choice.width || {})[id] || minWidth || 0), 0);
    for (const id of byTurn(grid)) if (free.includes(id) && least() > width) gone.add(id);
    const ids = self.all().map(({ id }) => id);
    grid.api.setColumnsVisible(ids.filter((id) => !gone.has(id)), true);
    grid.api.setColumnsVisible(ids.filter((id) => gone.has(id)), false);
  }

  /* Columns that give way where there is little room, the first of them first. */
  function byTurn(grid) {
    const yielding = columns(grid).filter(({ context }) => context);
    return yielding.sort((a, b) => a.context.givesWay - b.context.givesWay).map(({ id }) => id);
  }

  /* The list of columns behind the button over the table, made when it opens. */
  app.addColumnChoice = function (page, menu) {
    const list = menu.querySelector("[data-bar=columns]");
    const choices = () => page.grids[0] && page.grids[0].columns;
    menu.addEventListener("toggle", () => menu.open && choices() && list.replaceChildren(...boxes(choices()), app.makeButton("btn sm", list.dataset.reset)));
    menu.addEventListener("keydown", ({ key }) => key === "Escape" && close(menu));
    list.addEventListener("change", ({ target }) => choices().show(target.value, target.checked));
    list.addEventListener("click", ({ target }) => {
      if (!target.closest("button")) return;
      choices().reset();
      for (const box of list.querySelectorAll("input")) box.checked = choices().isVisible(box.value);
    });
  };

  function close(menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }

  function boxes(choices) {
    return choices.all().map(({ id, headerName }) => {
      const box = app.make("input");
      Object.assign(box, { type: "checkbox", value: id, checked: choices.isVisible(id) });
      return app.make("label", "choice", box, app.make("span", "", headerName));
    });
  }
})();
