/* Draws the curve of the shift against the peers and the chart of the scores, in the drawer and on an agent's own page, from GET
   /curve. layouts/parts/chart.py gives the looks; Plotly.react gives the graph its points. plotly is loaded only when there is
   something to draw: no figure of the page waits for it. */
(function () {
  "use strict";
  const app = (window.callfloorApp = window.callfloorApp || {});
  const MINUTE_MS = 60000;
  const TIME_STEPS = [15, 30, 60, 90, 120, 180, 240, 360]; /* minutes between two marks of the time axis */
  const MOST_TIMES = 4;
  const LABEL_PX = 15; /* words at the ends of lines are so far apart at least */
  const SPACE = "\u2002"; /* between a line's end and its words */
  const EMPTY = { x: [], y: [], text: [] };

  /* Where agents are not judged there is no slot for curves. */
  const isWanted = ({ slots, agent }) => Boolean(slots.pace_chart) && agent !== null;

  /* Fetches the curves for a drawer, {page, slots, agent, draw}. The curves on the page stay while the server gives none. */
  app.askCurve = async function (drawer) {
    if (!isWanted(drawer)) return;
    const { agent } = drawer;
    const asked = (drawer.curveAsked = (drawer.curveAsked || 0) + 1);
    const answer = await app.getJson("/curve", { agent });
    if (drawer.agent !== agent || asked !== drawer.curveAsked) return;
    drawer.curveProblem = answer.error ? app.refusalText(drawer.page.format, { error: answer.error }, "curve.unreachable") : "";
    if (!answer.error) drawer.curve = answer;
    drawer.draw();
  };

  /* Calls and expectation at the end of the curve, so that the line above the chart says the same. */
  app.curveEnd = ({ curve, agent }) => {
    if (!curve || curve.agent !== agent || !curve.expected || !curve.times.length) return {};
    return { counted: last(curve.counted), expected: last(curve.expected), exposure_s: curve.exposure_s };
  };

  app.drawCurves = function (drawer) {
    if (!isWanted(drawer)) return;
    const { page, slots } = drawer;
    const hidden = page.fresh.state() === "hidden";
    const curve = !hidden && drawer.curve && drawer.curve.agent === drawer.agent ? drawer.curve : null;
    const waits = page.format.word(hidden ? "curve.hidden" : "curve.loading");
    const missing = curve ? "" : (!hidden && drawer.curveProblem) || waits;
    drawPace(page, slots, curve, missing);
    drawQuality(page, slots, curve && curve.quality, missing);
  };

  const last = (values) => values[values.length - 1];

  /* The reason where no source has ever reported this kind of facts; else the usual word. */
  const missingWords = ({ store, format }, kind, usual) => {
    const reason = store.value(`floor.missing.${kind}`);
    return format.word(reason ? `missing.${reason}` : usual);
  };

  function drawPace(page, slots, curve, missing) {
    const { format } = page;
    const isDrawn = curve !== null && curve.times.length > 0;
    app.writeText(slots.pace_state, isDrawn ? "" : missing || missingWords(page, "states", "curve.empty"));
    app.writeText(slots.exposure, isDrawn ? title(page, curve) : "");
    show(slots.pace_chart, isDrawn, () => ({ key: curve, label: paceSentence(format, curve), ...pacePlot(format, curve) }));
  }

  function title(page, { exposure_s, low }) {
    const { format, store } = page;
    if (store.value("floor.missing.states")) return missingWords(page, "states", "");
    const time = format.lasting(exposure_s * 1000);
    return format.word(low ? "curve.exposure_band" : "curve.exposure", { time });
  }

  function drawQuality(page, slots, quality, missing) {
    const { format } = page;
    const isDrawn = Boolean(quality);
    app.writeText(slots.quality_state, isDrawn ? "" : missing || missingWords(page, "evaluations", "curve.no_scores"));
    show(slots.quality_chart, isDrawn, () => ({ key: quality, label: qualitySentence(format, quality), ...qualityPlot(format, quality) }));
  }

  /* Dash makes the graph once, from the JSON that the layout puts into its slot. */
  function show(slot, isDrawn, made) {
    slot.classList.toggle("off", !isDrawn);
    if (!isDrawn) return;
    if (!slot.asked) {
      slot.asked = true;
      window.dash_clientside.set_props(slot.id, { children: JSON.parse(slot.dataset.chart) });
    }
    const graph = slot.querySelector(".js-plotly-plot");
    if (!graph || !graph._fullLayout || !window.Plotly) return;
    const [plot, width] = [made(), slot.clientWidth];
    if (graph.drawn === plot.key && graph.layout.width === width) return;
    graph.drawn = plot.key;
    slot.setAttribute("aria-label", plot.label);
    const data = graph.data.map((trace) => filled(trace, plot.traces[trace.name] || EMPTY));
    const { xaxis, yaxis } = graph.layout;
    window.Plotly.react(graph, data, { ...graph.layout, width, xaxis: { ...xaxis, autorange: false, ...plot.x }, yaxis: { ...yaxis, autorange: false, ...plot.y } });
  }

  /* The trace with new points and the same looks. */
  const filled = (trace, points) => ({ ...trace, ...points, ...(points.marker ? { marker: { ...trace.marker, ...points.marker } } : {}) });

  function pacePlot(format, curve) {
    const { times, counted, expected, low, high, due } = curve;
    const top = Math.max(1, ...counted, ...(expected || []), ...(high || []), ...(due || [])) * 1.04;
    const line = (y) => (y ? { x: times, y } : EMPTY);
    const ends = Object.entries({ counted, expected, due }).filter(([, values]) => values);
    const places = apart(ends.map(([, values]) => last(values)), (top * LABEL_PX) / 110, top);
    const words = ends.map(([name, values], i) => [`${name}_end`, end(format, name, times, values, places[i])]);
    const band = low && high ? { low: line(low), high: line(high) } : {};
    const traces = { ...band, counted: line(counted), expected: line(expected), due: line(due), ...Object.fromEntries(words) };
    return { traces, x: timeAxis(format, times), y: { range: [0, top], ...marks(format, 0, top) } };
  }

  /* The newest point of the calls is a dot; the words at the ends of the lines keep apart. */
  function end(format, name, times, values, place) {
    const text = format.word(`curve.end_${name}`, { n: format.figure(name === "counted" ? "count" : "due", last(values)) });
    const x = last(times);
    if (name !== "counted") return { x: [x], y: [place], text: [SPACE + text] };
    return { x: [x, x], y: [last(values), place], text: ["", SPACE + text], marker: { size: [6, 0] } };
  }

  /* Values in any order -> places at least `gap` apart, none below 0 or above `top`, in the order of the values. */
  function apart(values, gap, top) {
    const order = values.map((_, i) => i).sort((a, b) => values[a] - values[b]);
    const places = [...values];
    order.forEach((at, i) => (places[at] = Math.max(places[at], i ? places[order[i - 1]] + gap : 0)));
    let most = top;
    for (const at of [...order].reverse()) {
      places[at] = Math.min(places[at], most);
      most = places[at] - gap;
    }
    return places;
  }

  /* Marks at whole steps of the site's clock. */
  function timeAxis(format, times) {
    const [from, to] = [times[0], Math.max(last(times), times[0] + MINUTE_MS)];
    const step = TIME_STEPS.find((minutes) => (to - from) / MINUTE_MS / minutes <= MOST_TIMES) || 720;
    const [hour, minute] = format.time(from).split(":").map(Number);
    const first = from + ((step - ((hour * 60 + minute) % step)) % step) * MINUTE_MS;
    const values = Array.from({ length: MOST_TIMES + 1 }, (_, i) => first + i * step * MINUTE_MS).filter((ms) => ms <= to);
    return { range: [from, to], tickvals: values, ticktext: values.map(format.time) };
  }

  /* Two to four round figures between the ends. */
  function marks(format, low, high) {
    const unit = 10 ** Math.floor(Math.log10((high - low) / 3));
    const step = Math.max(1, [1, 2, 3, 4, 5, 10].map((n) => n * unit).find((one) => (high - low) / one < 4));
    const first = Math.ceil(low / step) * step;
    const values = Array.from({ length: 5 }, (_, i) => first + i * step).filter((value) => value <= high);
    return { tickvals: values, ticktext: values.map((value) => format.figure("count", value)) };
  }

  function qualityPlot(format, { points, trend, low, high, centre }) {
    const x = points.map((_, i) => i + 1);
    const all = [...points, ...low, ...high];
    const room = Math.max(1, (Math.max(...all) - Math.min(...all)) * 0.08);
    const range = [Math.min(...all) - room, Math.max(...all) + room];
    const newest = { x: [last(x)], y: [last(trend)], text: [SPACE + format.figure("score", last(trend))] };
    const traces = { low: { x, y: low }, high: { x, y: high }, centre: { x, y: x.map(() => centre) }, points: { x, y: points }, trend: { x, y: trend }, trend_end: newest };
    return { traces, x: { range: [0.5, points.length + 0.5], tickvals: [], ticktext: [] }, y: { range, showgrid: false, ...marks(format, ...range) } };
  }

  /* One sentence with the figures, for readers who cannot see the lines. */
  function paceSentence(format, { times, counted, expected, low, high, due, net }) {
    const whole = (values) => format.figure("due", last(values));
    const head = { from: format.time(times[0]), to: format.time(last(times)), counted: format.figure("count", last(counted)), net: format.figure("count", net) };
    const peers = expected ? format.word("curve.said_peers", { expected: whole(expected) }) : "";
    const band = low ? format.word("curve.said_band", { low: whole(low), high: whole(high) }) : "";
    return format.word("curve.said", head) + peers + band + (due ? format.word("curve.said_due", { due: whole(due) }) : "");
  }

  function qualitySentence(format, { points, trend, low, high }) {
    const [value, from, to] = [trend, low, high].map((values) => format.figure("score", last(values)));
    const score = (one) => format.figure("score", one);
    return format.word("curve.said_quality", { n: points.length, value, low: from, high: to, least: score(Math.min(...points)), most: score(Math.max(...points)) });
  }
})();
