/* The month as SVG: the pace at the end of each finished day, now, and the 80 and 95 % intervals of each day to come. */
(function () {
  "use strict";
  const app = (window.callfloorApp = window.callfloorApp || {});
  const [LEFT, RIGHT, TOP, BOTTOM] = [46, 100, 10, 26];
  const HALVES = [0.05, 0.1, 0.2, 0.5, 1];
  const DAY_MS = 86400000;
  const TICKS = 5;
  const TICK_ROOM_PX = 60;

  app.makeMonthLine = function (page) {
    const box = page.root.querySelector("[data-month=line]");
    if (!box) return null;
    const note = box.parentNode.querySelector(".said");
    return { draw: () => draw(page, box, note) };
  };

  function draw(page, box, note) {
    const { course, rollup, loaded } = page.store;
    const hidden = page.fresh.state() === "hidden";
    const pace = rollup && !hidden && app.isKnown(rollup.site.pace) ? rollup.site.pace : null;
    const shown = { past: (course || {}).past || [], ahead: hidden || pace === null ? [] : (course || {}).ahead || [], pace };
    const drawing = JSON.stringify([shown, loaded, Math.floor(page.fresh.nowMs() / 60000)]);
    if (box.drawing === drawing) return;
    box.drawing = drawing;
    box.replaceChildren(svgOf(page, shown, Number(box.dataset.width), Number(box.dataset.height)));
    const text = !loaded || hidden ? "" : pace === null ? app.whyNoneDue(page) : course ? "" : page.format.word("rollup.no_past_days");
    app.writeText(note, text);
  }

  function svgOf(page, { past, ahead, pace }, width, height) {
    const { format, fresh } = page;
    const last = ahead[ahead.length - 1];
    const svg = app.makeSvg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label(format, pace, last) });
    const axes = makeAxes({ past, ahead, pace }, width, height);
    const points = past.map((day) => [day.at + DAY_MS, day.pace]).concat(pace === null ? [] : [[nowOf(fresh, past), pace]]);
    if (ahead.length) for (const [name, low, high] of [["wide", "low95", "high95"], ["usual", "low", "high"]]) svg.append(cone(axes, name, points[points.length - 1], ahead, low, high));
    frame(svg, axes, format, [...past, ...ahead]);
    if (points.length) svg.append(app.makeSvg("path", { class: "so-far", d: path(axes, points) }));
    if (pace !== null && points.length) svg.append(app.makeSvg("circle", { class: "now", cx: axes.x(points[points.length - 1][0]), cy: axes.y(pace), r: 3.6 }));
    if (last) ends(svg, axes, format, last);
    return svg;
  }

  /* Today's point lies after the past days, whatever the clock of a screen says. */
  const nowOf = (fresh, past) => Math.max(fresh.nowMs(), past.length ? past[past.length - 1].at + DAY_MS : 0);

  function label(format, pace, last) {
    const percent = (value) => format.figure("percent", value);
    return last ? format.word("rollup.month_line_said", { pace: percent(pace), low: percent(last.low), high: percent(last.high) }) : format.word("rollup.month_line");
  }

  /* The axis of pace changes in whole steps alone; the axis of days goes from the first known day to the last. */
  function makeAxes({ past, ahead, pace }, width, height) {
    const off = [...past.map((day) => day.pace), ...ahead.flatMap(({ low95, high95 }) => [low95, high95]), pace].filter(app.isKnown).map((value) => Math.abs(value - 1));
    const half = HALVES.find((step) => Math.max(0, ...off) <= step) || HALVES[HALVES.length - 1];
    const days = [...past, ...ahead].map(({ at }) => at);
    const [first, end] = days.length ? [Math.min(...days), Math.max(...days) + DAY_MS] : [0, 1];
    const [right, base] = [width - RIGHT, height - BOTTOM];
    const x = (ms) => LEFT + ((right - LEFT) * (Math.min(Math.max(ms, first), end) - first)) / (end - first);
    const y = (value) => TOP + ((base - TOP) * (1 + half - Math.min(1 + half, Math.max(1 - half, value)))) / (2 * half);
    return { x, y, half, right, base };
  }

  const path = (axes, points) => `M${points.map(([ms, value]) => `${axes.x(ms).toFixed(1)} ${axes.y(value).toFixed(1)}`).join("L")}`;

  function cone(axes, name, [ms, pace], ahead, low, high) {
    const side = (end) => ahead.map((day) => [day.at + DAY_MS, day[end]]);
    return app.makeSvg("path", { class: name, d: `${path(axes, [[ms, pace], ...side(high), ...side(low).reverse()])}Z` });
  }

  function frame(svg, axes, format, days) {
    svg.append(app.makeSvg("line", { class: "one", x1: LEFT, x2: axes.right, y1: axes.y(1), y2: axes.y(1) }));
    for (const pace of [1 - axes.half, 1, 1 + axes.half]) svg.append(app.makeSvg("text", { class: "tick", x: LEFT - 8, y: axes.y(pace) + 4, "text-anchor": "end" }, `${Math.round(pace * 100)}%`));
    const every = Math.max(1, Math.ceil(days.length / TICKS));
    let last = -Infinity;
    days.forEach(({ at }, i) => {
      if (i % every || axes.x(at) - last < TICK_ROOM_PX) return;
      last = axes.x(at);
      svg.append(app.makeSvg("text", { class: "tick", x: last, y: axes.base + 20, "text-anchor": i ? "middle" : "start" }, format.day(at)));
    });
  }

  /* At the end of the cone: the expected pace, and the ends of the darker band. */
  function ends(svg, axes, format, { expected, low, high }) {
    const [x, y] = [axes.right + 8, Math.min(axes.base - 14, axes.y(expected) + 4)];
    svg.append(app.makeSvg("text", { class: "name", x, y }, format.figure("percent", expected)));
    svg.append(app.makeSvg("text", { class: "tick", x, y: y + 15 }, format.word("rollup.month_line_ends", { low: format.figure("share", low), high: format.figure("percent", high) })));
  }
})();
