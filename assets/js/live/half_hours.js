/* The half hours of a day as SVG: a bar each, from zero, and a tick at what is due. */
(function () {
  "use strict";
  const app = (window.callfloorApp = window.callfloorApp || {});
  const SLOTS = 18; /* nine hours: the axis does not move while the day fills up */
  const AXIS_PX = 36;
  const TOP_PX = 6;
  const [LABEL_PX, DIGIT_PX] = [28, 18];

  /* halfHours: {start, step_ms, net, running, due?, due_by_now?, labelled?} or null. bars, due: how fresh each is; hidden bars: only what
     was finished stays, in grey; none: no bar. now: ms. */
  app.drawHalfHours = function (box, halfHours, { bars, due, now }, format) {
    const [width, height] = [Number(box.dataset.width), Number(box.dataset.height)];
    const shown = { bars, ticks: due === "hidden" || !halfHours ? [] : dueTicks(halfHours, now) };
    const drawing = JSON.stringify([halfHours, shown, due, width]);
    if (box.drawing === drawing) return;
    box.drawing = drawing;
    const svg = app.makeSvg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" });
    const base = height - AXIS_PX + 0.5;
    svg.append(app.makeSvg("line", { x1: 0, x2: width, y1: base, y2: base, stroke: "var(--line-strong)" }));
    if (halfHours && halfHours.net.length) fill(svg, halfHours, shown, format, { width, base });
    box.replaceChildren(svg);
  };

  /* What is due per half hour, the running one for the minutes that have passed. */
  function dueTicks({ start, step_ms, running, due, due_by_now }, now) {
    const passed = Math.min(1, Math.max(0, (now - start - running * step_ms) / step_ms));
    const soFar = (whole) => (app.isKnown(due_by_now) ? due_by_now : Math.round(whole * passed));
    return (due || []).map((value, i) => (i === running && app.isKnown(value) ? soFar(value) : value));
  }

  function fill(svg, halfHours, { bars, ticks }, format, { width, base }) {
    const slots = Math.max(SLOTS, halfHours.net.length, ticks.length);
    const step = width / slots;
    const texts = bars === "none" || !halfHours.labelled ? [] : labels(halfHours, bars, format, step);
    const top = Math.max(1, ...halfHours.net, ...ticks.map((value) => value || 0));
    const scale = (value) => ((base - TOP_PX - (texts.length ? LABEL_PX + 8 : 0)) * Math.max(0, value)) / top;
    (bars === "none" ? [] : halfHours.net).forEach((value, i) => {
      const size = { x: i * step + step * 0.2, width: step * 0.6, height: scale(value) };
      const bar = i === halfHours.running ? (bars === "hidden" ? null : outline(size, base)) : solid(size, base);
      if (bar) svg.append(bar);
    });
    texts.forEach((text, i) => svg.append(app.makeSvg("text", { x: (i + 0.5) * step, y: base - scale(halfHours.net[i]) - 10, "font-size": LABEL_PX, fill: "var(--ink-2)", "text-anchor": "middle", class: "n" }, text)));
    ticks.forEach((value, i) => app.isKnown(value) && svg.append(dueTick(i * step, step, base - scale(value), i > halfHours.running)));
    for (let i = 0; i <= slots; i += 1) tick(svg, halfHours.start + i * halfHours.step_ms, i * step, format, { width, base });
    if (ticks.length) lastHour(svg, halfHours.start + slots * halfHours.step_ms, format, { width, base });
  }

  /* The count over each bar; where counts would touch only over the newest finished bar, which gives the others their scale. */
  function labels({ net, running }, bars, format, step) {
    const texts = net.map((value, i) => (value > 0 && !(bars === "hidden" && i === running) ? format.figure("count", value) : ""));
    const isTight = texts.some((text) => text.length * DIGIT_PX > step);
    return isTight ? texts.map((text, i) => (i === running - 1 || (running === 0 && i === 0) ? text : "")) : texts;
  }

  function dueTick(x, step, y, ahead) {
    const paint = { fill: "var(--expect)", ...(ahead ? { opacity: 0.45 } : {}) };
    return app.makeSvg("rect", { class: "due", x: x + step * 0.045, width: step * 0.91, height: 3.5, y: y - 1.75, ...paint });
  }

  const solid = ({ x, width, height }, base) => app.makeSvg("rect", { x, width, height, y: base - height, fill: "var(--data)" });

  function outline({ x, width, height }, base) {
    const inner = Math.max(3, height - 3);
    const paint = { fill: "none", stroke: "var(--data-line)", "stroke-width": 3 };
    return app.makeSvg("rect", { x: x + 1.5, width: width - 3, height: inner, y: base - inner - 1.5, ...paint });
  }

  /* A label every three hours, where there is room for it. */
  function tick(svg, ms, x, format, { width, base }) {
    const [hour, minute] = format.time(ms).split(":").map(Number);
    if (minute !== 0 || hour % 3 !== 0) return;
    const anchor = x < 40 ? "start" : x > width - 40 ? "end" : "middle";
    hourLabel(svg, format.time(ms), { x, base, anchor });
  }

  function hourLabel(svg, text, { x, base, anchor }) {
    svg.append(app.makeSvg("line", { x1: x, x2: x, y1: base, y2: base + 7, stroke: "var(--line-strong)" }));
    svg.append(app.makeSvg("text", { x, y: base + 32, "font-size": 28, fill: "var(--ink-3)", "text-anchor": anchor }, text));
  }

  /* The end of the planned day, unless it would touch the label before it. */
  function lastHour(svg, ms, format, { width, base }) {
    const before = Math.max(0, ...[...svg.querySelectorAll("text")].map((text) => Number(text.getAttribute("x"))));
    if (width - before > 140) hourLabel(svg, format.time(ms), { x: width, base, anchor: "end" });
  }
})();
