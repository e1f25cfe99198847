/* In the drawer and on an agent's own page: the curve of the shift against the peers, and the chart of the scores, by GET
   /curve. Their looks stand in layouts/parts/chart.py; here they get their points, by Plotly.react on the graph that is there.
   plotly is loaded when there is something to draw, never before: no figure of the page waits for it. */
(function () {
  "use strict";
  const app = (window.callfloorApp = window.callfloorApp || {});
  const MINUTE_MS = 60000;
  const TIME_STEPS = [15, 30, 60, 90, 120, 180, 240, 360]; /* minutes between two marks of the time axis */
  const MOST_TIMES = 4;
  const LABEL_PX = 15; /* words at the ends of lines are so far apart at least */
  const SPACE = "\u2002"; /* between a line's end and its words */
  const EMPTY = { x: [], y: [], text: [] };

  /* Who may not be judged has no place for curves. */
  const isWanted = ({ slots, agent }) => Boolean(slots.pace_chart) && agent !== null;

  /* Asks for the curves of {page, slots, agent, draw}, as the drawer is. What was drawn stays while they cannot be had. */
  app.askCurve = async function (drawer) {
    if (!isWanted(drawer)) return;
    const { agent } = drawer;
    const asked = (drawer.curveAsked = (drawer.curveAsked || 0) + 1);
    const found = await app.getJson("/curve", { agent });
    if (drawer.agent !== agent || asked !== drawer.curveAsked) return;
    drawer.curveProblem = found.error ? app.refusalText(drawer.page.format, { error: found.error }, "curve.unreachable") : "";
    if (!found.error) drawer.curve = found;
    drawer.draw();
  };

  /* Calls and expectation of the running shift as the curve has them, so that the line over it says the same. */
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
  const untold = ({ store, format }, kind, usual) => {
    const reason = store.value(`floor.missing.${kind}`);
    return format.word(reason ? `missing.${reason}` : usual);
  };

  function drawPace(page, slots, curve, missing) {
    const { format } = page;
    const there = curve !== null && curve.times.length > 0;
    app.writeText(slots.pace_state, there ? "" : missing || untold(page, "states", "curve.empty"));
    app.writeText(slots.exposure, there ? title(page, curve) : "");
    show(slots.pace_chart, there, () => ({ key: curve, said: paceSaid(format, curve), ...pacePlot(format, curve) }));
  }

  function title(page, { exposure_s, low }) {
    const { format, store } = page;
    if (store.value("floor.missing.states")) return untold(page, "states", "");
    const time = format.lasting(exposure_s * 1000);
    return format.word(low ? "curve.exposure_band" : "curve.exposure", { time });
  }

  function drawQuality(page, slots, quality, missing) {
    const { format } = page;
    const there = Boolean(quality);
    app.writeText(slots.quality_state, there ? "" : missing || untold(page, "evaluations", "curve.no_scores"));
    show(slots.quality_chart, there, () => ({ key: quality, said: qualitySaid(format, quality), ...qualityPlot(format, quality) }));
  }

  /* The graph is made by Dash once, out of what the layout has written beside its place. */
  function show(slot, there, made) {
    slot.classList.toggle("off", !there);
    if (!there) return;
    if (!slot.asked) {
      slot.asked = true;
      window.dash_clientside.set_props(slot.id, { children: JSON.parse(slot.dataset.chart) });
    }
    const graph = slot.querySelector(".js-plotly-plot");
    if (!graph || !graph._fullLayout || !window.Plotly) return;
    const [plot, width] = [made(), slot.clientWidth];
    if (graph.drawn === plot.key && graph.layout.width === width) return;
    graph.drawn = plot.key;
    slot.setAttribute("aria-label", plot.said);
    const data = graph.data.map((trace) => filled(trace, plot.traces[trace.name] || EMPTY));
    const { xaxis, yaxis } = graph.layout;
    window.Plotly.react(graph, data, { ...graph.layout, width, xaxis: { ...xaxis, autorange: false, ...plot.x }, yaxis: { ...yaxis, autorange: false, ...plot.y } });
  }

  /* The looks of a trace stay, only its points are new. */
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

  /* The newest point of the calls is a dot where it lies; the words keep apart from each other. */
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

  /* Marks at full steps of the site's clock. */
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

  /* One sentence with the figures, for whoever does not see the lines. */
  function paceSaid(format, { times, counted, expected, low, high, due, net }) {
    const whole = (values) => format.figure("due", last(values));
    const head = { from: format.time(times[0]), to: format.time(last(times)), counted: format.figure("count", last(counted)), net: format.figure("count", net) };
    const peers = expected ? format.word("curve.said_peers", { expected: whole(expected) }) : "";
    const band = low ? format.word("curve.said_band", { low: whole(low), high: whole(high) }) : "";
    return format.word("curve.said", head) + peers + band + (due ? format.word("curve.said_due", { due: whole(due) }) : "");
  }

  function qualitySaid(format, { points, trend, low, high }) {
    const [value, from, to] = [trend, low, high].map((values) => format.figure("score", last(values)));
    const score = (one) => format.figure("score", one);
    return format.word("curve.said_quality", { n: points.length, value, low: from, high: to, least: score(Math.min(...points)), most: score(Math.max(...points)) });
  }
})();
