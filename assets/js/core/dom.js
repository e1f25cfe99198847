/* Elements of what is drawn anew every second: what has not changed stays, and with it focus and pointer. */
(function () {
  "use strict";
  const app = (window.callfloorApp = window.callfloorApp || {});

  app.make = function (tag, className, ...children) {
    const node = document.createElement(tag);
    node.className = className || "";
    node.append(...children);
    return node;
  };

  /* A shape of assets/25-shapes.css. */
  app.shape = (name) => app.make("span", `g g-${name}`);

  /* A name that opens the drawer of its agent. */
  app.named = function (page, of) {
    const button = app.make("button", "who-open cut", app.nameOf(page, of));
    button.type = "button";
    Object.assign(button, { title: button.textContent }).dataset.agent = of.id;
    return button;
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
