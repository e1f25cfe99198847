/* The queues' page of a wall: a row per queue in the order of the frames, figures in columns; a figure over the site's limit has a
   shape and words. How many wait now is unknown once the telephone system is silent. */
(function () {
  "use strict";
  const app = (window.callfloorApp = window.callfloorApp || {});
  const ROWS = 7;
  const NAME_EM = 5.8;
  const HEADS = ["name", "waiting", "longest", "inTime", "abandoned", "ready"];
  const FIGURES = [
    { key: "waiting", kind: "count", alert: "queue_waiting" },
    { key: "longest_wait_s", kind: "duration" },
    { key: "in_time_share", kind: "share", alert: "queue_in_time" },
    { key: "abandoned", kind: "count" },
    { key: "ready", kind: "count" },
  ];
  const [HEIGHT_PX, TALLEST_PX] = [794, 138];

  app.makeQueues = (page) => ({ draw: (box, shown) => draw(page, box, shown) });

  /* `shown`: how often the page has been shown before; says which queues of how many these are. */
  function draw(page, box, shown) {
    const { store, format, fresh } = page;
    const queues = (store.loaded && (store.queues || store.value("floor.queues"))) || [];
    const screens = Math.max(1, Math.ceil(queues.length / ROWS));
    const first = (shown % screens) * ROWS;
    const visible = queues.slice(first, first + ROWS);
    const empty = [app.make("p", "wall-none", store.loaded ? format.word("wall.no_queues") : app.UNKNOWN)];
    const rows = visible.map((queue) => row(page, queue, fresh.state() === "hidden"));
    const tall = `${Math.min(TALLEST_PX, Math.floor(HEIGHT_PX / Math.max(1, Math.min(ROWS, queues.length))))}px`;
    if (box.style.getPropertyValue("--row") !== tall) box.style.setProperty("--row", tall);
    app.morph(box, queues.length ? [head(box), ...rows] : empty);
    return screens > 1 ? format.word("wall.more", { first: first + 1, last: first + visible.length, all: queues.length }) : "";
  }

  const head = (box) => app.make("div", "qr qh", ...HEADS.map((name, i) => app.make("span", i ? "r" : "", box.dataset[name])));

  function row(page, queue, hidden) {
    const name = app.nameOf(page, queue);
    const alerts = hidden ? [] : (page.store.value("floor.alerts") || []).filter(({ id }) => id === queue.id);
    const cells = FIGURES.map((of) => cell(page.format, of, hidden ? null : queue[of.key], queue, alerts));
    return app.make("div", "qr", app.make("span", isLong(name) ? "nm long" : "nm", name), ...cells);
  }

  /* A name wider than its column stands in two smaller lines. */
  const isLong = (name) => [...name].reduce((em, letter) => em + (letter < "\u0080" ? 0.56 : 1), 0) > NAME_EM;

  /* A figure, with words under it where it is over the site's limit. */
  function cell(format, { kind, alert }, value, { offered }, alerts) {
    const isKnown = app.isKnown(value);
    const text = format.figure(kind, isKnown ? value : null);
    const figure = [app.make("b", `n fig${isKnown ? "" : " gone"}${text.length > 5 ? " long" : ""}`, text)];
    if (kind === "share" && isKnown) figure.push(app.make("span", "pctu", "%"));
    if (kind === "share") figure.push(" ", app.make("small", "n", isKnown ? format.word("wall.of", { n: format.figure("count", offered) }) : ""));
    const over = isKnown ? alerts.filter((one) => one.kind === alert) : [];
    return app.make("span", `r ${kind}`, app.make("span", "", ...figure), ...over.map((one) => overLimit(format, one)));
  }

  function overLimit(format, { kind, limit }) {
    const text = format.word(`wall.${kind}`, { limit: format.figure(kind === "queue_in_time" ? "whole_share" : "count", limit) });
    return app.make("small", "over", app.makeShape("behind"), text);
  }
})();
