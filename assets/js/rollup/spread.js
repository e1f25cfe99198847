/* Today's pace spread as SVG: x is due (log), y is pace, with the range of chance at each x. Agents are dots without a name,
   teams are circles; a team outside its own band has its shape and its name. */
(function () {
  "use strict";
  const app = (window.callfloorApp = window.callfloorApp || {});
  const Z = { wide: 3.0902323061678132, usual: 1.959963984540054 };
  const [LEFT, RIGHT, TOP, BOTTOM] = [46, 124, 8, 44];
  const STEPS = [1, 3];
  const NEVER_DUE = ["no_target", "no_planned_hours"];
  const LABEL_PX = 16;
  const NAME_PX = 66;
  const LABEL_ROOM_PX = 50;

  app.makeSpread = function (page) {
    const box = page.root.querySelector("[data-spread]");
    if (!box) return null;
    const note = page.root.querySelector(".spread .said");
    return { draw: () => draw(page, box, note) };
  };

  function draw(page, box, note) {
    const hidden = page.fresh.state() === "hidden";
    const today = page.store.rollup && !hidden ? page.store.rollup.today : null;
    const drawing = JSON.stringify([today, page.store.loaded, hidden]);
    if (box.drawing === drawing) return;
    box.drawing = drawing;
    box.replaceChildren(svgOf(page, today, Number(box.dataset.width), Number(box.dataset.height)));
    const text = today ? words(page, today) : "";
    app.writeText(note, text);
  }

  function words(page, { site, spread, agents }) {
    if (!app.isKnown(site.due)) return app.whyNoneDue(page);
    return spread || !agents ? "" : page.format.word("rollup.no_band"); /* under a works council no range is worked out */
  }

  /* Why nothing is due: not yet, or never. */
  app.whyNoneDue = ({ store, format }) => {
    const { reason } = (store.rollup || { site: {} }).site;
    return format.word(NEVER_DUE.includes(reason) ? `reason.${reason}` : "rollup.no_due");
  };

  const standing = (one) => app.isKnown(one.due) && one.due > 0 && app.isKnown(one.pace);

  /* today: {site, teams, agents, spread} or null. The axes change only in whole steps. */
  function svgOf(page, today, width, height) {
    const svg = app.makeSvg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label(page, today) });
    const all = today ? [today.site, ...today.teams].filter(standing) : [];
    const dots = (today && today.agents) || [];
    const dues = [...all.map(({ due }) => due), ...dots.map(([due]) => due)].filter((due) => due > 0);
    const axes = makeAxes(width, height, dues, all.map(({ pace }) => pace));
    if (today && today.spread) bands(svg, axes, today.spread);
    frame(svg, axes, page.format);
    for (const [due, pace] of dots) if (due > 0) svg.append(app.makeSvg("circle", { class: "dot", cx: axes.x(due), cy: axes.y(pace), r: 2.3 }));
    if (today) drawNames(svg, axes, page, today);
    return svg;
  }

  function label({ format }, today) {
    const out = today ? today.teams.filter(({ pace, band }) => app.outsideBand(pace, band)).length : 0;
    return today ? format.word("rollup.spread_said", { n: out }) : format.word("rollup.spread");
  }

  function makeAxes(width, height, dues, paces) {
    const [low, high] = [below(Math.min(...dues, 30)), above(Math.max(...dues, 300) * 1.6)];
    const half = paces.some((pace) => Math.abs(pace - 1) > 0.45) ? 1 : 0.5;
    const [right, base] = [width - RIGHT, height - BOTTOM];
    const x = (due) => LEFT + ((right - LEFT) * (Math.log(clamp(due, low, high)) - Math.log(low))) / (Math.log(high) - Math.log(low));
    const y = (pace) => TOP + ((base - TOP) * (1 + half - clamp(pace, 1 - half, 1 + half))) / (2 * half);
    return { x, y, low, high, half, right, base };
  }

  const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
  const marks = [...Array(7).keys()].flatMap((power) => STEPS.map((step) => step * 10 ** power));
  const below = (due) => [...marks].reverse().find((mark) => mark <= due) || 1;
  const above = (due) => marks.find((mark) => mark >= due) || marks[marks.length - 1];

  function bands(svg, axes, { phi, tau_squared }) {
    const half = (due, z) => z * Math.sqrt(phi / due + tau_squared);
    for (const [name, z] of Object.entries(Z)) {
      const at = [...Array(61).keys()].map((i) => axes.low * (axes.high / axes.low) ** (i / 60));
      const upper = at.map((due) => `${axes.x(due).toFixed(1)} ${axes.y(1 + half(due, z)).toFixed(1)}`);
      const lower = at.map((due) => `${axes.x(due).toFixed(1)} ${axes.y(1 - half(due, z)).toFixed(1)}`).reverse();
      svg.append(app.makeSvg("path", { class: name, d: `M${[...upper, ...lower].join("L")}Z` }));
    }
    const ends = Object.entries(Z).map(([name, z]) => ({ text: name === "usual" ? "95%" : "99.8%", z }));
    for (const { text, z } of ends) bandLabel(svg, axes, text, (due) => half(due, z));
  }

  /* Where the band has come to a fifth of the axis from its edge. */
  function bandLabel(svg, axes, text, half) {
    const at = [...Array(61).keys()].map((i) => axes.low * (axes.high / axes.low) ** (i / 60)).find((due) => half(due) < axes.half * 0.86);
    if (at) svg.append(app.makeSvg("text", { class: "tick", x: axes.x(at) + 5, y: axes.y(1 + half(at)) + 4 }, text));
  }

  function frame(svg, axes, format) {
    svg.append(app.makeSvg("line", { class: "axis", x1: LEFT, x2: axes.right, y1: axes.base + 0.5, y2: axes.base + 0.5 }));
    svg.append(app.makeSvg("line", { class: "one", x1: LEFT, x2: axes.right, y1: axes.y(1), y2: axes.y(1) }));
    for (const step of [-0.8, -0.4, 0, 0.4, 0.8]) {
      const pace = 1 + step * axes.half;
      svg.append(app.makeSvg("text", { class: "tick", x: LEFT - 8, y: axes.y(pace) + 4, "text-anchor": "end" }, `${Math.round(pace * 100)}%`));
    }
    let last = -Infinity;
    for (const mark of marks.filter((value) => value >= axes.low && value <= axes.high)) {
      svg.append(app.makeSvg("line", { class: "axis", x1: axes.x(mark), x2: axes.x(mark), y1: axes.base, y2: axes.base + 5 }));
      if (axes.x(mark) - last < (mark === axes.high ? 1.6 : 1) * LABEL_ROOM_PX) continue;
      last = axes.x(mark);
      const anchor = mark === axes.high ? "end" : mark === axes.low ? "start" : "middle";
      svg.append(app.makeSvg("text", { class: "tick", x: axes.x(mark), y: axes.base + 19, "text-anchor": anchor }, format.figure("count", mark)));
    }
    svg.append(app.makeSvg("text", { class: "tick", x: axes.right, y: axes.base + 38, "text-anchor": "end" }, format.word("rollup.due_today")));
  }

  /* Circles first, then those outside of their band and the site, with their names; names do not lie on each other. */
  function drawNames(svg, axes, page, { site, teams }) {
    const { format } = page;
    const points = teams.filter(standing).map((team) => ({ ...team, status: app.outsideBand(team.pace, team.band), text: team.name ? app.nameOf(page, team) : format.word("rollup.together", { n: team.teams }) }));
    for (const one of points.filter(({ status }) => !status)) svg.append(ring(axes, one, format));
    const out = points.filter(({ status }) => status);
    const labelled = [...out, ...(standing(site) ? [{ ...site, status: "site", text: format.word("rollup.site") }] : [])];
    const captions = spaced(labelled, axes);
    for (const { one, y } of captions) svg.append(lead(axes, one, y));
    for (const one of labelled) svg.append(outlier(axes, one));
    for (const { one, y } of captions) svg.append(caption(axes, one, y, format));
  }

  function ring(axes, one, format) {
    const node = app.makeSvg("circle", { class: "ring", cx: axes.x(one.due), cy: axes.y(one.pace), r: 5 });
    node.append(app.makeSvg("title", {}, `${one.text} ${format.figure("percent", one.pace)}`));
    return node;
  }

  const PATHS = { ahead: "M0 -6L6.5 5.5H-6.5Z", behind: "M0 6L6.5 -5.5H-6.5Z", site: "M-5 -5H5V5H-5Z" };

  function outlier(axes, { status, due, pace }) {
    return app.makeSvg("path", { class: status, d: PATHS[status], transform: `translate(${axes.x(due).toFixed(1)} ${axes.y(pace).toFixed(1)})` });
  }

  /* In a column beside the plot, in the order of the marks: where they stand close, the names move apart, up and down. */
  function spaced(points, axes) {
    const placed = points.map((one) => ({ one, y: axes.y(one.pace) })).sort((a, b) => a.y - b.y);
    for (let round = 0; round < placed.length * 8; round += 1) {
      placed.forEach((label, i) => i && part(placed[i - 1], label));
    }
    const last = placed[placed.length - 1];
    const over = last ? Math.max(0, last.y - (axes.base - 4)) : 0;
    return placed.map(({ one, y }) => ({ one, y: y - over }));
  }

  function part(above, below) {
    const lacking = (LABEL_PX - (below.y - above.y)) / 2;
    if (lacking <= 0.01) return;
    above.y -= lacking;
    below.y += lacking;
  }

  function lead(axes, { due, pace }, y) {
    return app.makeSvg("line", { class: "lead", x1: axes.x(due), y1: axes.y(pace), x2: axes.right + 8, y2: y });
  }

  const widthOf = (text) => [...text].reduce((sum, sign) => sum + (sign > "\u2e80" ? 13.2 : 7.8), 0);

  function cut(text) {
    let short = text;
    while (widthOf(short) > NAME_PX) short = short.slice(0, -1);
    return short === text ? text : `${short.slice(0, -1)}…`;
  }

  function caption(axes, { status, pace, text }, y, format) {
    return app.makeSvg("text", { class: `name ${status}`, x: axes.right + 12, y: y + 4 }, `${cut(text)} ${format.figure("percent", pace)}`);
  }
})();
