/* Makes elements, and changes what is drawn again every second: what is the same stays, and with it focus and pointer. */
(function () {
  "use strict";
  const app = (window.callfloorApp = window.callfloorApp || {});
  const SVG = "http://www.w3.org/2000/svg";
  const LONGEST_TEXT = 500; /* as the server takes it */

  app.make = function (tag, className, ...children) {
    const node = document.createElement(tag);
    node.className = className || "";
    node.append(...children);
    return node;
  };

  /* data: the button's data-* attributes. */
  app.makeButton = function (className, text, data = {}) {
    const button = app.make("button", className, text);
    button.type = "button";
    Object.assign(button.dataset, data);
    return button;
  };

  /* One line to write on, with its label inside. */
  app.makeField = function (label, isRequired = false) {
    const field = app.make("input", "inp");
    const attributes = { maxlength: LONGEST_TEXT, placeholder: label, "aria-label": label, ...(isRequired ? { required: "" } : {}) };
    for (const [name, value] of Object.entries(attributes)) field.setAttribute(name, value);
    return field;
  };

  app.makeProblem = function () {
    const problem = app.make("p", "problem");
    problem.setAttribute("role", "alert");
    return problem;
  };

  /* A shape of assets/25-shapes.css. */
  app.makeShape = (name) => app.make("span", `g g-${name}`);

  /* A name that opens the drawer of its agent. */
  app.makeAgentButton = function (page, of) {
    const button = app.makeButton("who-open cut", app.nameOf(page, of), { agent: of.id });
    button.title = button.textContent;
    return button;
  };

  app.makeSvg = function (tag, attributes, text) {
    const node = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    if (text !== undefined) node.textContent = text;
    return node;
  };

  /* A mark of a bar: style {left, width}, each as a share of the whole. */
  app.makeMark = function (tag, className, style, ...children) {
    const node = app.make(tag, className, ...children);
    node.setAttribute("style", Object.entries(style).map(([side, share]) => `${side}:${app.percentLength(share)}`).join(";"));
    return node;
  };

  /* A share of the whole, 0 to 1 -> a CSS length. */
  app.percentLength = (share) => `${Number((Math.min(1, Math.max(0, share)) * 100).toFixed(2))}%`;

  /* A node is touched only when its text is another; a page without it has nothing to write. */
  app.writeText = function (node, text) {
    if (node && node.textContent !== text) node.textContent = text;
  };

  /* A figure that takes the place of another flashes once. */
  app.writeFigure = function (node, text) {
    if (node.textContent === text) return;
    const isCorrected = ![app.UNKNOWN, ""].includes(node.textContent);
    node.textContent = text;
    node.classList.remove("flash");
    if (isCorrected) requestAnimationFrame(() => node.classList.add("flash"));
  };

  /* Gives `box` these children: elements of the same kind in the same place are changed instead of replaced. */
  app.morph = function (box, nodes) {
    const before = [...box.childNodes];
    nodes.forEach((node, i) => (before[i] ? become(before[i], node) : box.append(node)));
    for (const rest of before.slice(nodes.length)) rest.remove();
  };

  function become(old, node) {
    if (old.nodeName !== node.nodeName || old.nodeType !== node.nodeType) return old.replaceWith(node);
    if (node.nodeType !== Node.ELEMENT_NODE) {
      if (old.data !== node.data) old.data = node.data;
      return undefined;
    }
    for (const { name } of [...old.attributes]) if (!node.hasAttribute(name)) old.removeAttribute(name);
    for (const { name, value } of node.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
    return app.morph(old, [...node.childNodes]);
  }
})();
