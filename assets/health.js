/* /health asks every three seconds how the line is, and fills the page by name. Times are those of the site's zone. */
(function () {
  "use strict";
  const EVERY_MS = 3000;
  const TIMES = ["loaded_at", "newest", "heartbeat", "since"];

  function found(report, path) {
    return path.split(".").reduce((node, name) => (node === null || node === undefined ? null : node[name]), report);
  }

  function said(root, name, value) {
    if (value === null || value === undefined) return "—";
    if (typeof value === "number") return value.toLocaleString(root.dataset.lang, { maximumFractionDigits: 1 });
    if (!TIMES.includes(name)) return String(value);
    const style = { timeZone: root.dataset.zone, dateStyle: "short", timeStyle: "medium", hourCycle: "h23" };
    return new Date(value).toLocaleString(root.dataset.lang === "en" ? "en-GB" : root.dataset.lang, style);
  }

  function row(root, columns, item) {
    const line = document.createElement("tr");
    for (const name of columns) line.appendChild(document.createElement("td")).textContent = said(root, name, item[name]);
    return line;
  }

  function draw(root, page, report) {
    page.dataset.state = report.site.problems.length ? "broken" : report.redis.reachable ? "sound" : "away";
    for (const box of page.querySelectorAll("[data-health]")) {
      const path = box.dataset.health;
      box.textContent = said(root, path.split(".").pop(), found(report, path));
    }
    for (const body of page.querySelectorAll("[data-health-rows]")) {
      const items = found(report, body.dataset.healthRows) || [];
      body.replaceChildren(...items.map((item) => row(root, body.dataset.columns.split(" "), item)));
    }
  }

  async function ask() {
    const page = document.getElementById("health");
    const root = document.getElementById("callfloor");
    if (!page || !root || document.hidden) return;
    try {
      draw(root, page, await (await fetch("/health.json", { cache: "no-store" })).json());
    } catch (error) {
      page.dataset.state = "unreached";
    }
  }

  if (location.pathname !== "/health") return;
  const watch = new MutationObserver(() => document.getElementById("health") && (watch.disconnect(), ask()));
  watch.observe(document.documentElement, { childList: true, subtree: true });
  setInterval(ask, EVERY_MS);
})();
