/* Cell renderers, formatters and comparators of the agent table, by the names that layouts/parts/agent_grid.py gives them.
   A value is one text with | between its parts, so that the grid draws a cell only when something in it has changed. */
(function () {
  "use strict";
  const app = (window.callfloorApp = window.callfloorApp || {});
  const SPARK = { width: 200, height: 20 };
  const TREND = { width: 28, height: 18, radius: 2.6 };
  const PEERS = { width: 76, height: 20, from: 0.6, to: 1.4 };
  const SHAPES = { ringing: "available", training: "other", meeting: "other", offline: "away", not_arrived: "away", leave: "away" };
  const DOTS = { review: "var(--review)", watch: "var(--behind-fill)", drop: "var(--behind-fill)" };
  const MINUTE = 60000;

  const functions = (window.dashAgGridFunctions = window.dashAgGridFunctions || {});
  const components = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});
  const el = (...all) => window.React.createElement(...all);

  functions.callfloorFigure = (value, kind) => app.page.format.figure(kind, value);

  /* Numbers, and texts that begin with one; unknown values come last in both directions. */
  functions.callfloorUnknownLast = (a, b, nodeA, nodeB, isDescending) => {
    const [x, y] = [key(a), key(b)];
    if (x === null || y === null) return x === y ? 0 : (x === null ? 1 : -1) * (isDescending ? -1 : 1);
    return typeof x === "number" && typeof y === "number" ? x - y : String(x).localeCompare(String(y), app.page.lang);
  };

  /* By evidence: the place from the table's own ranking (grid.js), which no row carries. */
  functions.callfloorByEvidence = (a, b, nodeA, nodeB) => {
    const [grid] = app.page.grids;
    return grid.rankOf(nodeA.data.id) - grid.rankOf(nodeB.data.id);
  };

  function key(value) {
    if (value === null || value === undefined || value === "") return null;
    const first = typeof value === "string" && value.includes("|") ? value.split("|")[0] : value;
    if (first === "") return null;
    return Number.isFinite(Number(first)) ? Number(first) : first;
  }

  /* How late an agent is: 32 min, from an hour on 5 h. */
  const late = (format, ms) => (ms < 60 * MINUTE ? format.lasting(ms) : format.word("said.whole_hours", { h: Math.floor(ms / MINUTE / 60) }));

  /* Time in a state, in minutes for agents who have not arrived; with its limit in whole minutes where it has one. */
  app.writeTime = function (node, page) {
    const { since, limit, state } = node.dataset;
    const ms = page.fresh.valuesAtMs() - Number(since);
    const time = state === "not_arrived" ? late(page.format, ms) : page.format.duration(ms / 1000);
    const text = Number(limit) ? page.format.word("flag.with_limit", { time, limit: Math.round(Number(limit) / MINUTE) }) : time;
    if (node.textContent !== text) node.textContent = text;
  };

  components.CallfloorState = function ({ value }) {
    if (!value) return el("span", { className: "st gone" }, app.UNKNOWN);
    const [state, since, limit] = value.split("|");
    const { format } = app.page;
    const name = state === "not_arrived" ? "flag.not_arrived" : state === "leave" ? "reason.leave" : `state.${state}`;
    const fill = (node) => node && app.writeTime(node, app.page);
    const data = { "data-since": since, "data-limit": limit, "data-state": state };
    const time = since ? el("span", { key: `${since}${limit}`, className: "n tick", ...data, ref: fill }) : null;
    const bold = el("span", { className: limit ? "over" : "" }, time);
    return el("span", { className: "st" }, el("span", { className: `g g-${SHAPES[state] || state}` }), el("span", { className: "cap" }, format.word(name)), bold);
  };

  /* The ratio, then its 90 % interval against the line at 1.00 with a dot at the ratio. Too early: a hatched interval alone. */
  components.CallfloorPeers = function ({ value }) {
    if (!value) return el("span", { className: "pr" }, el("span", { className: "v gone" }, app.UNKNOWN));
    const [ratio, low, high] = value.split("|").slice(0, 3).map((text) => (text === "" ? null : Number(text)));
    const { format } = app.page;
    const figures = Object.fromEntries(Object.entries({ ratio, low, high }).map(([name, n]) => [name, format.figure("ratio", n)]));
    const label = ratio === null ? format.word("flag.too_early") : format.word("said.peers", figures);
    const svg = interval({ ratio, low, high, colour: DOTS[value.split("|")[3]] || "var(--data-line)" }, PEERS);
    return el("span", { className: "pr", title: label }, el("span", { className: "v n" }, ratio === null ? "" : figures.ratio), svg);
  };

  function interval({ ratio, low, high, colour }, { width, height, from, to, radius }) {
    const x = (value) => Math.round(Math.max(0, Math.min(1, (value - from) / (to - from))) * width * 10) / 10;
    const one = from < 1 && to > 1 ? el("line", { x1: x(1), x2: x(1), y1: 0, y2: height, stroke: "var(--line-strong)", key: "one" }) : null;
    const known = low !== null && high !== null;
    const marks = known ? [ratio === null ? hatch(x(low), x(high), height) : band(x(low), x(high), height), ...ends(x, { low, high, from, to }, height)] : [];
    const dot = ratio === null ? null : el("circle", { cx: x(ratio), cy: height / 2, r: radius || 3.4, fill: colour, key: "dot" });
    return el("svg", { width, height, "aria-hidden": true }, one, ...marks, dot);
  }

  const band = (left, right, height) => el("rect", { x: left, width: right - left, y: height / 2 - 3, height: 6, fill: "var(--band)", key: "band" });

  /* An interval that goes beyond the scale has no end there. */
  function ends(x, { low, high, from, to }, height) {
    const end = (value, back) => el("rect", { x: x(value) - back, width: 1, y: height / 2 - 3, height: 6, fill: "var(--data)", key: `end${back}` });
    return [low >= from ? end(low, 0) : null, high <= to ? end(high, 1) : null];
  }

  /* Strokes of 45 degrees, cut off at both ends. */
  function hatch(left, right, height) {
    const [top, bottom] = [height / 2 - 3, height / 2 + 3];
    let d = "";
    for (let at = left - 6; at < right; at += 5) {
      const [a, b] = [Math.max(at, left), Math.min(at + 6, right)];
      if (b > a) d += `M${a.toFixed(1)} ${(bottom - (a - at)).toFixed(1)}L${b.toFixed(1)} ${(bottom - (b - at)).toFixed(1)}`;
    }
    return el("path", { d, className: "hatch", "data-top": top, stroke: "var(--data)", strokeWidth: 1.4, fill: "none", key: "hatch" });
  }

  /* Calls per quarter hour as a line; the pale ground is the calls of peers in the same time. */
  components.CallfloorSpark = function ({ value }) {
    if (!value) return null;
    const [calls, expected] = value.split("|").map((text) => (text ? text.split(",").map(Number) : []));
    if (!calls.length) return null;
    const { width, height } = SPARK;
    const box = { viewBox: `0 0 ${width} ${height}`, height, preserveAspectRatio: "none", "aria-hidden": true };
    const top = Math.max(...calls, ...expected);
    const line = { d: sparkPath(calls, top, width, height), fill: "none", stroke: "var(--data-line)", strokeWidth: 1.3, strokeLinejoin: "round", vectorEffect: "non-scaling-stroke", key: "line" };
    const ground = expected.length === calls.length ? el("path", { d: `${sparkPath(expected, top, width, height)}V${height}H0Z`, fill: "var(--band)", className: "peers", key: "ground" }) : null;
    return el("span", { className: "spark" }, el("svg", box, ground, el("path", line)));
  };

  /* Handled per 15 minutes -> the path of a line over [0, width] x [1, height - 1]; from zero to `top`. */
  function sparkPath(values, top, width, height) {
    const step = values.length > 1 ? width / (values.length - 1) : 0;
    const point = (value, i) => `${(i * step).toFixed(1)} ${(height - 1 - ((height - 2) * value) / Math.max(1, top)).toFixed(1)}`;
    return values.length ? `M${values.map(point).join("L")}` : "";
  }

  /* The score of the day, then the trend on its limits. Out of them: a shape; its word is in the column of flags. */
  components.CallfloorQuality = function ({ value }) {
    if (!value) return el("span", { className: "z" }, el("span", { className: "v gone" }, app.UNKNOWN));
    const [score, state, newest, limits] = value.split("|");
    const figure = el("span", { className: "v n" }, app.page.format.figure("score", score === "" ? null : Number(score)));
    const title = state ? app.page.format.word(`trend.${state}`) || "" : "";
    const drawing = onLimits(newest, limits);
    const shape = state === "drop" ? "drop" : !drawing && state === "in_control" ? "pace" : null;
    return el("span", { className: `z ${state}`, title }, figure, drawing, shape ? el("span", { className: `g g-${shape}` }) : null);
  };

  /* The newest value on its limits: the same marks as a ratio on its interval, without a line at 1.00. */
  function onLimits(value, limits) {
    if (value === "" || limits === "") return null;
    const [low, high] = limits.split(" ").map(Number);
    const room = Math.max(high - low, 0.1) * 0.6;
    return interval({ ratio: Number(value), low, high, colour: "var(--data-line)" }, { ...TREND, from: low - room, to: high + room });
  }

  /* A shape and its word with a short reason; the sentence to read aloud is the title. */
  components.CallfloorFlag = function ({ value, data }) {
    if (!value) return null;
    const [, code, reason] = value.split("|");
    const of = app.page.store.agent(data.id);
    const word = code ? [el("span", { className: `g g-${app.flagShape(code)}`, key: "g" }), el("b", { key: "b" }, app.page.format.word(`flag.${code}`))] : [];
    const title = code && of ? app.flagSentence(app.page, of, code) : "";
    return el("span", { className: `fl ${code}`, title }, ...word, reason ? el("small", { className: "n" }, reason) : null);
  };
})();
