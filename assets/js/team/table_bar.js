/* The bar over the agent table and the strip above it: which agents to look at first, the chips that partition the team, the
   search, and what stands beside the table. */
(function () {
  "use strict";
  const app = (window.callfloorApp = window.callfloorApp || {});

  /* page: {root, store, format, fresh, grids, evidence}; null where the page has no table. */
  app.makeTableBar = function (page) {
    const bar = page.root.querySelector(".bar-row:has([data-chip])");
    if (!bar) return null;
    const chips = [...bar.querySelectorAll("[data-chip]")];
    const self = { page, bar, chips, look: [...page.root.querySelectorAll("[data-look]")], aside: null };
    self.draw = () => draw(self);
    self.markOrder = (byEvidence) => markOrder(self, byEvidence);
    for (const chip of chips) chip.addEventListener("click", () => choose(self, chip));
    const order = bar.querySelector("[data-bar=order]");
    if (order) order.addEventListener("click", () => page.grids.forEach((grid) => grid.byEvidence()));
    addSearch(self, bar.querySelector("[data-bar=find]"));
    const states = bar.querySelector("[data-bar=state]");
    states.addEventListener("change", () => page.grids.forEach((grid) => grid.filter({ state: states.value })));
    app.addColumnChoice(page, bar.querySelector(".cols"));
    page.root.addEventListener("click", ({ target }) => openNamed(page, target));
    markOrder(self, true);
    return self;
  };

  /* Every name on the page opens the drawer of its agent. */
  function openNamed(page, target) {
    const named = target.closest("[data-agent]");
    if (named && page.drawer && page.store.rows.has(named.dataset.agent)) page.drawer.show(named.dataset.agent);
    for (const menu of page.root.querySelectorAll("details.menu[open]")) if (!menu.contains(target)) menu.open = false;
  }

  /* One thing at a time stands beside the table: "drawer", "alerts" or nothing. */
  app.openAside = function (page, name) {
    for (const box of page.root.querySelectorAll("aside.drawer")) box.setAttribute("aria-hidden", String(box.id !== name));
    page.root.classList.toggle("has-aside", name !== null);
    const button = page.root.querySelector("[data-bar=alerts]");
    if (button) button.setAttribute("aria-expanded", String(name === "alerts"));
  };

  function addSearch(self, slot) {
    const text = app.make("input", "inp");
    Object.assign(text, { type: "search", placeholder: slot.dataset.words, maxLength: 60 });
    text.setAttribute("aria-label", slot.dataset.words);
    text.addEventListener("input", () => self.page.grids.forEach((grid) => grid.filter({ text: text.value.trim() })));
    text.addEventListener("keydown", ({ key }) => key === "Escape" && text.blur());
    slot.replaceChildren(text);
  }

  function choose(self, chosen) {
    for (const chip of self.chips) chip.setAttribute("aria-pressed", String(chip === chosen));
    self.page.grids.forEach((grid) => grid.filter({ chip: chosen.dataset.chip }));
  }

  function markOrder(self, byEvidence) {
    const order = self.bar.querySelector("[data-bar=order]");
    if (!order) return;
    order.classList.toggle("by-order", byEvidence);
    order.setAttribute("aria-pressed", String(byEvidence));
  }

  function draw(self) {
    countChips(self);
    drawLook(self);
  }

  /* The chips add up to all agents. */
  function countChips({ page, chips }) {
    if (!page.grids.length) return;
    const counts = { all: 0 };
    for (const id of page.store.rows.keys()) {
      const chip = page.grids[0].rows.chip(id);
      counts[chip] = (counts[chip] || 0) + 1;
      counts.all += 1;
    }
    const unknown = !page.store.loaded || page.fresh.state() === "hidden";
    const missing = page.store.value("floor.missing.states") !== null ? ["here", "away"] : [];
    for (const chip of chips) app.writeText(chip.querySelector("[data-count]"), unknown || missing.includes(chip.dataset.chip) ? app.UNKNOWN : String(counts[chip.dataset.chip] || 0));
  }

  /* The strip has a fixed number of slots, so its height never changes. */
  function drawLook(self) {
    const { page, look } = self;
    if (!look.length || !page.store.loaded) return;
    const hidden = page.fresh.state() === "hidden";
    const lookFirst = hidden ? null : (page.store.desk || {}).look_first;
    for (const place of look) {
      const [kind, at] = place.dataset.look.split(".");
      const list = (lookFirst || {})[kind] || [];
      const one = list[Number(at)];
      const empty = Number(at) === 0 && !list.length ? (lookFirst ? nothing(page, kind) : app.UNKNOWN) : "";
      app.morph(place, one ? (kind === "people" ? person(page, one) : fact(page, one)) : [app.make("span", "cut", empty)]);
    }
  }

  /* Why the strip names nobody: without states there is neither exposure nor lateness. */
  function nothing({ store, format }, kind) {
    const missing = store.value("floor.missing.states");
    return format.word(missing ? `missing.${missing}` : kind === "people" ? "look.nobody" : "look.no_facts");
  }

  /* Name, ratio, interval, calls handled / calls peers would have handled. */
  function person(page, { id, name, name_en, peer, low, high, counted, expected }) {
    const { format } = page;
    const ratio = (value) => format.figure("ratio", value);
    const of = `${format.figure("count", counted)} / ${format.figure("due", expected)}`;
    const figures = [app.make("b", "n", ratio(peer)), app.make("span", "n", `(${ratio(low)}–${ratio(high)})`), app.make("span", "n of", of)];
    return [app.makeAgentButton(page, { id, name, name_en }), ...figures];
  }

  function fact(page, one) {
    const words = app.make("span", "n cut", app.alertWords(page, one));
    words.title = words.textContent;
    return [app.makeShape(app.alertShape(page, one)), app.makeAgentButton(page, one), words];
  }
})();
