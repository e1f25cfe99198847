/* The queues' page of a wall: a row per queue in the order of the frames, figures in columns; what is over the site's limit
   is said in words beside a shape. Who waits now is unknown once the telephone system is silent. */
(function () {
  "use strict";
  const parts = (window.callfloorParts = window.callfloorParts || {});
  const ROWS = 8;
  const HEADS = ["name", "waiting", "longest", "inTime", "abandoned", "ready"];
  const FIGURES = [["waiting", "count"], ["longest_wait_s", "duration"], ["in_time_share", "share"], ["abandoned", "count"], ["ready", "count"]]; /* prettier-ignore */

  parts.makeQueues = (page) => ({ draw: (box, shown) => draw(page, box, shown) });

  /* `shown`: how often the page has been shown before; says which queues of how many these are. */
  function draw(page, box, shown) {
    const { store, format, fresh } = page;
    const queues = (store.loaded && store.value("floor.queues")) || [];
    const screens = Math.max(1, Math.ceil(queues.length / ROWS));
    const first = (shown % screens) * ROWS;
    const visible = queues.slice(first, first + ROWS);
    const empty = [parts.make("p", "wall-none", store.loaded ? format.word("wall.no_queues") : parts.UNKNOWN)];
    const rows = visible.map((queue) => row(page, queue, fresh.state() === "hidden"));
    parts.morph(box, queues.length ? [head(box), ...rows] : empty);
    return screens > 1 ? format.word("wall.more", { first: first + 1, last: first + visible.length, all: queues.length }) : "";
  }

  const head = (box) => parts.make("div", "qr qh", ...HEADS.map((name, i) => parts.make("span", i ? "r" : "", box.dataset[name])));

  function row(page, queue, hidden) {
    const name = (page.lang === "en" && queue.name_en) || queue.name;
    const cells = FIGURES.map(([key, kind]) => figure(page.format, key, kind, hidden ? null : queue[key], queue));
    return parts.make("div", "qr", parts.make("span", "nm", name), ...cells, alerts(page, hidden ? {} : queue));
  }

  function figure(format, key, kind, value, { offered }) {
    const known = parts.known(value);
    const text = parts.make("b", known ? "n fig" : "n fig gone", format.figure(kind, known ? value : null));
    if (key !== "in_time_share" || !known) return parts.make("span", "r", text);
    const unit = parts.make("span", "pctu", "%");
    return parts.make("span", "r", text, unit, parts.make("small", "n", format.word("wall.of", { n: format.figure("count", offered) })));
  }

  function alerts({ store, format }, { id }) {
    const own = (store.value("floor.alerts") || []).filter((one) => one.kind.startsWith("queue_") && one.id === id);
    return parts.make("span", "qa", ...own.map((one) => alert(format, one)));
  }

  function alert(format, { kind, value, limit }) {
    const figure = (n) => format.figure(kind === "queue_in_time" ? "percent" : "count", n);
    return parts.make("span", "", parts.shape("behind"), format.word(`alert.${kind}`, { value: figure(value), limit: figure(limit) }));
  }
})();
