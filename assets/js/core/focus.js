/* Moves the keyboard's focus. The first link of a page leads past its bar. What opens beside the table takes the focus where the
   element that had it disappears, and gives it back when it closes: to the element it was opened from, or to the agent's row. */
(function () {
  "use strict";
  const app = (window.callfloorApp = window.callfloorApp || {});

  const isShown = (node) => node.isConnected && node.getClientRects().length > 0;
  const isNowhere = (node) => node === null || node === document.body;

  /* name: what has opened beside the table; null: it has closed. agent: the agent of the drawer that closed. */
  app.moveFocus = function (page, name, agent) {
    const at = document.activeElement;
    const hidden = !isNowhere(at) && at.closest('aside[aria-hidden="true"]') !== null;
    if (name === null) return (hidden || isNowhere(at)) && giveBack(page, agent);
    if (!hidden && !isNowhere(at) && !at.closest("aside")) page.openedFrom = at;
    return (hidden || name === "alerts") && page.root.querySelector(`#${name} [data-act=close]`).focus();
  };

  function giveBack(page, agent) {
    const { openedFrom: from, grids } = page;
    page.openedFrom = null;
    if (agent !== null && grids.length && (!from || !isShown(from) || grids[0].box.contains(from))) return grids[0].focus(agent);
    return from && isShown(from) && from.focus();
  }

  /* Where `change` removes the element with the focus, the element around it gets the focus. */
  app.keepFocusWithin = function (around, change) {
    const held = around.contains(document.activeElement);
    change();
    if (held && isNowhere(document.activeElement)) around.focus();
  };

  /* The address stays as it is: on the roll-up the text after # names the open team. */
  document.addEventListener("click", (event) => {
    const main = event.target.closest("a.skip") && document.querySelector("main");
    if (!main) return;
    event.preventDefault();
    main.tabIndex = -1;
    main.focus();
  });
})();
