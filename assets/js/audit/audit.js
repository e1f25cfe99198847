/* /audit asks every five seconds for the newest rows that its filters want, and fills the page. The filters stand in the address, so
   that a link keeps them. While the log cannot be read the page says so, and what was drawn stays. */
(function () {
  "use strict";
  const app = (window.callfloorApp = window.callfloorApp || {});
  const EVERY_MS = 5000;
  const TYPED_MS = 300;
  const DAY_MS = 86_400_000;
  const FILTERS = ["date", "from", "kind", "account", "person", "agent"];
  const TEXTS = ["account", "person", "agent"];
  const SPANS = [["week", 7], ["month", 30], ["quarter", 92]]; /* prettier-ignore */
  const SINGLE_DAYS = 7;

  function makeSelf(box, root) {
    const words = { ...JSON.parse(root.dataset.words), ...JSON.parse(box.dataset.words) };
    const format = app.makeFormat(root.dataset.lang, root.dataset.zone, words);
    const say = (key, values) => format.word(`audit.${key}`, values);
    return { box, root, format, say, lang: root.dataset.lang, filters: linkedFilters(), view: null, error: null, asked: 0, current: null };
  }

  function linkedFilters() {
    const asked = new URLSearchParams(window.location.search);
    return Object.fromEntries(FILTERS.filter((name) => asked.get(name)).map((name) => [name, asked.get(name)]));
  }

  /* The address has the filters, and so have the links of the bar that lead here. */
  function linkFilters({ root, filters }) {
    const links = [...root.querySelectorAll("header.top a[href]")].filter((link) => new URL(link.href).pathname === window.location.pathname);
    const keep = (address) => {
      for (const name of FILTERS) address.searchParams.delete(name);
      for (const [name, value] of Object.entries(filters)) address.searchParams.set(name, value);
      return address;
    };
    window.history.replaceState(window.history.state, "", keep(new URL(window.location.href)));
    for (const link of links) {
      const address = keep(new URL(link.href));
      link.setAttribute("href", address.pathname + address.search);
    }
  }

  /* changes: {name: value}; an empty value takes the filter away. */
  function filter(self, changes) {
    const merged = { ...self.filters, ...changes };
    self.filters = Object.fromEntries(FILTERS.filter((name) => merged[name]).map((name) => [name, merged[name]]));
    for (const name of TEXTS) if (name in changes && self.fields[name] !== document.activeElement) self.fields[name].value = changes[name] || "";
    linkFilters(self);
    draw(self);
    return ask(self);
  }

  async function ask(self) {
    const asked = (self.asked += 1);
    self.askedFor = JSON.stringify(self.filters);
    const answer = await app.getJson("/audit.json", self.filters);
    if (asked !== self.asked) return;
    self.error = answer.error ? answer : null;
    if (!answer.error) self.view = answer;
    draw(self);
  }

  function makeFields(self) {
    const { box } = self;
    self.fields = {};
    for (const slot of [...box.querySelectorAll("[data-field]")]) {
      const name = slot.id.replace("audit-", "");
      const field = slot.dataset.field === "select" ? app.make("select", "") : app.makeField(slot.dataset.label);
      field.id = slot.id;
      field.setAttribute("aria-label", slot.dataset.label);
      slot.replaceWith(field);
      self.fields[name] = field;
      if (name === "days") field.addEventListener("change", () => filter(self, daysOf(field.value)));
      else listen(self, field, name);
    }
  }

  function listen(self, field, name) {
    let waiting = 0;
    field.value = self.filters[name] || "";
    const send = () => {
      clearTimeout(waiting);
      const text = field.value.trim();
      if (![self.filters[name] || "", field.dataset.name].includes(text)) filter(self, { [name]: text });
    };
    field.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(send, TYPED_MS);
    });
    field.addEventListener("keydown", ({ key }) => {
      if (key === "Escape") field.value = "";
      if (key === "Escape" || key === "Enter") send();
    });
  }

  const daysOf = (value) => ({ date: "", from: "", ...(value ? { [value.split(":")[0]]: value.split(":")[1] } : {}) });
  const before = (day, days) => new Date(Date.parse(day) - days * DAY_MS).toISOString().slice(0, 10);

  /* value -> text of the days that can be chosen; the day of the address is among them. */
  function dayChoices({ say, view, filters }) {
    const { today } = view;
    const named = { 0: "today", 1: "yesterday" };
    const text = (n, day) => (named[n] ? `${say(named[n])} ${day.slice(5)}` : day.slice(5));
    const days = Array.from({ length: SINGLE_DAYS }, (_, n) => [n ? `date:${before(today, n)}` : "", text(n, before(today, n))]);
    const spans = SPANS.map(([name, n]) => [`from:${before(today, n - 1)}`, say(name)]);
    const linked = Object.entries(filters).find(([name]) => name === "date" || name === "from");
    const value = linked ? linked.join(":") : "";
    const isThere = [...days, ...spans].some(([choice]) => choice === value) || value === `date:${today}`;
    const other = isThere ? [] : [[value, linked[0] === "from" ? `${linked[1].slice(5)} – ${today.slice(5)}` : linked[1]]];
    return { choices: [...days, ...spans, ...other], value: value === `date:${today}` ? "" : value };
  }

  function drawDays(self) {
    const { choices, value } = dayChoices(self);
    const options = choices.map(([choice, text]) => {
      const option = app.make("option", "", text);
      option.setAttribute("value", choice);
      return option;
    });
    app.morph(self.fields.days, options);
    self.fields.days.value = value;
    const chosen = value ? choices.find(([choice]) => choice === value)[1] : self.say("today");
    app.writeText(self.box.querySelector("#audit-period"), self.say("day_rows", { day: chosen, n: self.format.figure("count", self.view.period_rows) }));
    app.writeText(self.box.querySelector(".span-of-days"), chosen);
  }

  function drawChips(self) {
    const { view, say, format, filters } = self;
    const sum = Object.values(view.counts).reduce((all, n) => all + n, 0);
    const chips = [["", "all", sum], ...Object.entries(view.counts).map(([kind, n]) => [kind, kind, n])].map(([kind, word, n]) => {
      const chip = app.makeButton("chip", "", { kind });
      chip.append(say(word), " ", app.make("span", "n", format.figure("count", n)));
      chip.setAttribute("aria-pressed", String((filters.kind || "") === kind));
      return chip;
    });
    app.morph(self.box.querySelector("#audit-kinds"), chips);
  }

  function drawAway(self) {
    const { box, say, format, view, error } = self;
    box.classList.toggle("is-unreached", error !== null);
    const key = error && (error.error === "audit_unread" ? "away" : error.message ? "" : "unreachable");
    const text = !error ? "" : key === "" ? error.message : say(view ? key : `${key}_yet`, { time: view ? format.seconds(view.now_ms) : "" });
    app.writeText(box.querySelector("#audit-away"), text);
  }

  function draw(self) {
    drawAway(self);
    if (!self.view) return;
    drawDays(self);
    drawChips(self);
    app.drawAuditRows(self);
    app.drawAuditPanel(self);
    const { date, from, kind, account, person } = self.filters;
    const query = new URLSearchParams(Object.entries({ date, from, kind, account, person }).filter(([, value]) => value));
    self.box.querySelector("#audit-export").setAttribute("href", `/audit/export${query.size ? `?${query}` : ""}`);
  }

  function begin() {
    const [box, root] = [document.getElementById("audit"), document.getElementById("callfloor")];
    if (!box || !root || box.dataset.begun) return;
    box.dataset.begun = "yes";
    const self = makeSelf(box, root);
    self.filter = (changes) => filter(self, changes);
    self.ask = () => ask(self);
    makeFields(self);
    linkFilters(self);
    box.querySelector("#audit-kinds").addEventListener("click", ({ target }) => {
      const chip = target.closest("[data-kind]");
      if (chip) filter(self, { kind: chip.dataset.kind });
    });
    app.startAuditRows(self);
    app.startAuditPanel(self);
    ask(self);
    const again = setInterval(() => (box.isConnected ? document.hidden || ask(self) : clearInterval(again)), EVERY_MS);
  }

  if (location.pathname !== "/audit") return;
  new MutationObserver(begin).observe(document.documentElement, { childList: true, subtree: true });
})();
