/* The alerts beside the table: how many flags are open, then what to do now, for this team and for the whole site. No alert opens
   by itself, makes a sound or moves the table: the button over the table counts them. */
(function () {
  "use strict";
  const app = (window.callfloorApp = window.callfloorApp || {});
  const FLAGS = ["review", "watch", "drop", "quality"];
  const ON_HEALTH = ["line", "partition", "records", "source"]; /* what /health explains, by what an alert is about */

  /* page: {root, store, format, fresh, lang}; null where the page has no panel. */
  app.makeAlerts = function (page) {
    const box = page.root.querySelector("#alerts");
    if (!box) return null;
    const button = page.root.querySelector("[data-bar=alerts]");
    const alerts = { page, box, button, list: box.querySelector("[data-alerts=list]") };
    const isOpen = () => box.getAttribute("aria-hidden") === "false";
    button.addEventListener("click", () => open(page, isOpen() ? null : "alerts"));
    box.querySelector("[data-act=close]").addEventListener("click", () => alerts.close());
    alerts.draw = () => draw(alerts, isOpen());
    alerts.close = () => isOpen() && (open(page, null), button.focus());
    return alerts;
  };

  function open(page, name) {
    if (page.drawer) page.drawer.show(null);
    app.openAside(page, name);
    app.moveFocus(page, name, null);
    page.alerts.draw();
  }

  function draw({ page, list, button }, isOpen) {
    const ofTeam = (page.store.desk || {}).alerts || [];
    const site = (page.store.floor || {}).alerts || [];
    const count = button.querySelector("[data-count]");
    const text = page.store.desk && page.fresh.planState() !== "hidden" ? String(ofTeam.length + site.length) : app.UNKNOWN;
    if (count.textContent !== text) count.textContent = text;
    if (!isOpen) return;
    const { format } = page;
    const nothing = ofTeam.length + site.length ? [] : [app.make("p", "tiny", format.word("alert.none"))];
    app.morph(list, [...flagSums(page), ...section(page, "team", ofTeam), ...section(page, "site", site), ...nothing]);
  }

  function flagSums({ store, format, judged }) {
    const flags = judged && store.desk ? store.desk.flags : null;
    if (!flags) return [];
    const sums = FLAGS.map((code) => app.make("span", "", app.makeShape(app.flagShape(code)), format.word(`flag.${code}`), app.make("b", "n", format.figure("count", flags[code]))));
    return [title(format, "flags"), app.make("div", "flag-sums", ...sums)];
  }

  function section(page, name, alerts) {
    return alerts.length ? [title(page.format, name), ...alerts.map((alert) => alertBox(page, alert))] : [];
  }

  const title = (format, name) => app.make("div", "sec", app.make("span", "", format.word(`alert.${name}`)));

  /* Subject and alert; then since when, and what to do. */
  function alertBox(page, alert) {
    const isPerson = page.store.rows.has(alert.id);
    const name = isPerson ? app.makeAgentButton(page, alert) : app.make("b", "", app.nameOf(page, { ...alert, id: alert.id || "" }));
    const named = name.textContent && alert.about !== "partition" ? [name] : [];
    const head = app.make("div", "t", app.makeShape(app.alertShape(page, alert)), ...named, app.make("span", "what n", app.alertWords(page, alert)));
    return app.make("div", "al", head, app.make("div", "d", todo(page, alert), since(page, alert)));
  }

  /* A hard fact about an agent: not arrived, or in a state for too long. */
  app.isFact = ({ about }) => about === "arrival" || about === "state";

  const stateOf = (page, { id, state }) => state || (page.store.agent(id) || {}).state;

  app.alertShape = function (page, alert) {
    if (!app.isFact(alert)) return "clock";
    return alert.about === "arrival" ? "away" : stateOf(page, alert) || "available";
  };

  app.alertWords = function (page, alert) {
    const { format, fresh } = page;
    const state = format.word(`state.${stateOf(page, alert) || "offline"}`);
    const time = alert.about === "arrival" ? format.time(alert.since) : format.duration((fresh.valuesAtMs() - alert.since) / 1000);
    const [value, limit] = [alert.value, alert.limit].map((amount) => inUnit(format, alert.unit, amount));
    return format.word(`alert.${alert.kind}`, { state, time, value, limit }) || alert.kind;
  };

  function inUnit(format, unit, amount) {
    if (unit === "ms") return app.isKnown(amount) ? format.lasting(amount) : "";
    return format.figure(unit === "share" || unit === "pace" ? "percent" : "count", amount);
  }

  function since(page, { about, since: ms }) {
    return app.make("span", "n", app.isKnown(ms) && about !== "arrival" ? page.format.word("alert.since", { time: app.shortMoment(page, ms) }) : "");
  }

  /* What to do; an alert about the line links to /health. */
  function todo(page, { kind, about }) {
    const text = page.format.word(`alert.do_${kind}`) || "";
    if (!ON_HEALTH.includes(about)) return app.make("span", "", text);
    const link = app.make("a", "", text);
    link.href = `/health?lang=${page.lang}&theme=${page.root.dataset.theme}`;
    return link;
  }
})();
