/* The page's own address says who stands in the drawer (?agent=), so that it can be handed on: whoever opens it has the same
   drawer. Who acts (?as=) and whom one looks at go along to the other language. */
(function () {
  "use strict";
  const app = (window.callfloorApp = window.callfloorApp || {});
  const asked = () => new URLSearchParams(window.location.search);

  /* The agent that the address names, or null. */
  app.linkedAgent = () => asked().get("agent");

  /* null: the drawer is closed. The way back is not lengthened. */
  app.linkAgent = function (page, agent) {
    const address = new URL(window.location.href);
    keep(address.searchParams, "agent", agent);
    if (address.href !== window.location.href) window.history.replaceState(window.history.state, "", address);
    app.keepInLinks(page);
  };

  /* Links to this page keep both, links to other teams who acts. */
  app.keepInLinks = function (page) {
    for (const link of page.root.querySelectorAll("header.top a[href]")) {
      const address = new URL(link.href);
      const isHere = address.pathname === window.location.pathname;
      if (!isHere && !address.pathname.startsWith("/team/")) continue;
      keep(address.searchParams, "as", app.actingId());
      keep(address.searchParams, "agent", isHere ? asked().get("agent") : null);
      if (address.href !== link.href) link.setAttribute("href", address.pathname + address.search);
    }
  };

  function keep(params, name, value) {
    if (value === null) params.delete(name);
    else params.set(name, value);
  }
})();
