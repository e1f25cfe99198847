/* What may not happen to a text. Each function returns what it found, in words. */
window.fitting = (function () {
  const seen = (node) => node.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !node.closest(".unseen, .skip, .ag-aria-description-container");
  const named = (node) => `${node.nodeName.toLowerCase()}.${String(node.className.baseVal ?? node.className)} "${node.textContent.trim().slice(0, 60)}"`;
  const style = (node) => getComputedStyle(node);
  const clips = (node) => ["hidden", "clip"].includes(style(node).overflowX);
  /* Cut off on purpose: with an ellipsis, and the whole of it where one points. */
  const explained = (node) => style(node).textOverflow === "ellipsis" && node.closest('[title]:not([title=""])') !== null;
  const hasFigure = (text) => /[0-9]/.test(text.data);

  /* Every text that is seen, with its element. */
  function texts(root) {
    const found = [];
    const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      const node = walk.currentNode.parentElement;
      if (walk.currentNode.data.trim() && !node.closest("select, script, style") && seen(node)) found.push([walk.currentNode, node]);
    }
    return found;
  }

  /* Where there is ink: lines of text without the air above and below, without what their frames cut off. */
  function ink([text, node]) {
    const range = document.createRange();
    range.selectNodeContents(text);
    const half = parseFloat(style(node).fontSize) * (node.currentCSSZoom || 1) * 0.33;
    const lines = [...range.getClientRects()].filter(({ width }) => width > 1);
    return lines.map((line) => within(line, (line.top + line.bottom) / 2, half, node)).filter((box) => box.right > box.left && box.bottom > box.top);
  }

  function within({ left, right }, middle, half, node) {
    const box = { left, right, top: middle - half, bottom: middle + half };
    for (let up = node; up; up = up.parentElement) {
      if (style(up).overflowX === "visible" && style(up).overflowY === "visible") continue;
      const frame = up.getBoundingClientRect();
      Object.assign(box, { left: Math.max(box.left, frame.left), right: Math.min(box.right, frame.right) });
      Object.assign(box, { top: Math.max(box.top, frame.top), bottom: Math.min(box.bottom, frame.bottom) });
    }
    return box;
  }

  function overflowing() {
    const wide = [document.documentElement, document.body].filter((node) => node.scrollWidth > innerWidth).map((node) => `${node.nodeName}: ${node.scrollWidth}`);
    const outside = texts(document.body).filter((one) => ink(one).some(({ left, right }) => left < -1 || right > innerWidth + 1));
    return [...wide, ...outside.map(([, node]) => named(node))];
  }

  /* With an ellipsis: wider than the room between its paddings, though not than the whole of it. */
  function shortened(node) {
    const { textOverflow, paddingLeft, paddingRight } = style(node);
    if (textOverflow !== "ellipsis" || !clips(node) || node.childElementCount) return false;
    const range = document.createRange();
    range.selectNodeContents(node);
    return range.getBoundingClientRect().width > (node.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight) + 0.5) * (node.currentCSSZoom || 1);
  }

  /* The head of a column has a handle that reaches beyond it, and a wall drifts by a pixel or two; their texts are looked at. */
  function cut() {
    const boxes = [...document.querySelectorAll("body *")].filter((node) => clips(node) && node.clientWidth > 0 && node.textContent.trim());
    const over = boxes.filter((node) => (node.scrollWidth > node.clientWidth + 1 || shortened(node)) && seen(node) && !node.matches(".ag-header-cell, .page"));
    return over.filter((node) => !explained(node)).map((node) => `${named(node)} ${node.scrollWidth} in ${node.clientWidth}`);
  }

  const meet = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;

  /* A figure under or over another text. */
  function overlapping() {
    const found = texts(document.body).flatMap((one) => ink(one).map((box) => ({ text: one[0], node: one[1], box })));
    const pairs = found.flatMap((a, i) => found.slice(i + 1).filter((b) => a.text !== b.text && (hasFigure(a.text) || hasFigure(b.text)) && meet(a.box, b.box)).map((b) => [a, b]));
    return pairs.map(([a, b]) => `${named(a.node)} over ${named(b.node)}`);
  }

  /* Figures whose digits have not all the same width. */
  function uneven() {
    const found = texts(document.body).filter(([text, node]) => hasFigure(text) && !style(node).fontVariantNumeric.includes("tabular-nums"));
    return found.map(([, node]) => named(node));
  }

  /* Cells of a column whose right ends do not stand under each other. */
  function ragged(columns) {
    return columns.flatMap((selector) => {
      const cells = [...document.querySelectorAll(selector)].filter(seen).map((node) => ({ node, boxes: texts(node).flatMap(ink) }));
      const ends = cells.filter(({ boxes }) => boxes.length).map(({ node, boxes }) => ({ node, right: Math.max(...boxes.map((box) => box.right)) }));
      const edge = Math.max(...ends.map(({ right }) => right));
      return ends.filter(({ right }) => edge - right > 1.5).map(({ node, right }) => `${named(node)} ${(edge - right).toFixed(1)} px off`);
    });
  }

  const STATUSES = ["ahead", "behind", "behind-fill", "review", "fault", "age", "notice-text"];
  const TOGETHER = ".ag-row, tr, .tr, .qr, .seat, .verdict, .episode, .roll, svg, li, p";

  /* Texts in the colour of a status that have neither a word nor a sign nor a shape with them. */
  function alone() {
    const probe = document.getElementById("callfloor").appendChild(document.createElement("i"));
    const told = STATUSES.map((name) => ((probe.style.color = `var(--${name})`), style(probe).color));
    probe.remove();
    const says = (node) => /[\p{L}+\u2212\u00b1]/u.test(node.textContent) || [...node.querySelectorAll(".g")].some(seen);
    const coloured = texts(document.body).filter(([, node]) => told.includes(style(node).color));
    return coloured.filter(([, node]) => !says(node.closest(TOGETHER) || node.parentElement)).map(([, node]) => named(node));
  }

  return { overflowing, cut, alone, overlapping, uneven, ragged };
})();
