/* The rows of campaigns: the share of the list that is done beside the share of working days that is over, today's rates, the
   estimated end and how early or late it is. An unknown value is —, with its reason where there is one. */
(function () {
  "use strict";
  const app = (window.callfloorApp = window.callfloorApp || {});
  const STALE_MS = 60000;
  const FORMATS = { left: "count", attempts: "count", converted: "count", connect: "percent", drop: "percent", conversion: "percent" };

  /* page: {root, store, format, fresh}; null on pages without the table. */
  app.makeCampaigns = function (page) {
    const body = page.root.querySelector("[data-campaigns]");
    return body && { draw: () => draw(page, body, body.dataset.campaigns.split(" ")) };
  };

  function draw(page, body, columns) {
    const { store, fresh, format } = page;
    if (!store.campaigns) return;
    const hidden = fresh.state() === "hidden";
    const rows = store.campaigns.map((one) => row(page, one, columns, hidden));
    app.morph(body, rows.length ? rows : [emptyRow(format, columns.length + 1)]);
  }

  function emptyRow(format, span) {
    const cell = app.make("td", "none", format.word("campaign.none"));
    cell.colSpan = span;
    return app.make("tr", "", cell);
  }

  function row(page, one, columns, hidden) {
    const name = app.make("th", "c-name", app.nameOf(page, one));
    Object.assign(name, { scope: "row", title: name.textContent });
    return app.make("tr", "", name, ...columns.map((column) => cell(page, one, column, hidden)));
  }

  function cell(page, one, column, hidden) {
    const { format } = page;
    if (column === "progress") return app.make("td", "c-progress", bar(one));
    if (column === "done") return done(page, one);
    if (column === "deadline") return text(column, app.isKnown(one.deadline) ? format.dated(one.deadline, "date") : app.UNKNOWN, "kept");
    if (column === "finish") return finish(format, one);
    if (column === "slack") return slack(format, one);
    if (column === "chance") return text(column, format.figure("chance", one.chance), "kept");
    const value = column !== "left" && hidden ? null : one[column];
    return text(column, format.figure(FORMATS[column], value), column === "left" ? "kept" : "");
  }

  function text(column, content, more) {
    return app.make("td", `c-${column} fig ${more || ""}${content === app.UNKNOWN ? " gone" : ""}`.trim(), content);
  }

  /* The dialler reports the list, so it does not age with the calls; it has its own age. */
  function done(page, one) {
    const { format, fresh } = page;
    const cells = [app.make("b", "fig kept", format.figure("count", one.done)), app.make("span", "of", ` / ${format.figure("count", one.list_size)}`)];
    const age = app.isKnown(one.at) ? fresh.nowMs() - one.at : 0;
    if (age > STALE_MS) cells.unshift(app.make("span", "old", app.makeShape("clock"), format.age(age / 1000)));
    if (!app.isKnown(one.done)) return text("done", app.UNKNOWN);
    return app.make("td", "c-done", ...cells);
  }

  function finish(format, one) {
    if (app.isKnown(one.finish)) return text("finish", format.dated(one.finish, "date_time"), "kept");
    const why = one.reason ? format.word(`unsure.${one.reason}`) : "";
    return one.reason === "finished" ? text("finish", why, "kept") : app.make("td", "c-finish gone", app.UNKNOWN, ...(why ? [app.make("span", "why", why)] : []));
  }

  /* Lateness is arithmetic, no judgement: bold, without a colour. */
  function slack(format, { slack_days: days }) {
    if (!app.isKnown(days)) return text("slack", app.UNKNOWN);
    const key = days < 0 ? "late" : days > 0 ? "early" : "on_time";
    const words = format.word(`campaign.${key}`, { n: format.figure("score", Math.abs(days)) });
    return text("slack", words, days < 0 ? "kept late" : "kept");
  }

  function bar({ share, plan }) {
    const box = app.make("div", "bar", app.makeMark("i", "fill", { width: app.isKnown(share) ? share : 0 }));
    if (app.isKnown(plan)) box.append(app.makeMark("i", "due-tick", { left: plan }));
    return box;
  }
})();
