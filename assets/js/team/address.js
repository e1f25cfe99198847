/* Keeps the open drawer in the page's address (?agent=), so that a reader can hand it on. The links to the other language keep it
   too. */
(function () {
  "use strict";
  const app = (window.callfloorApp = window.callfloorApp || {});
  const asked = () => new URLSearchParams(window.location.search);

  /* The agent that the address names, or null. */
  app.linkedAgent = () => asked().get("agent");

  /* agent: null when the drawer is closed. The history gets no new entry. */
  app.linkAgent = function (page, agent) {
    const address = new URL(window.location.href);
    keep(address.searchParams, "agent", agent);
    if (address.href !== window.location.href) window.history.replaceState(window.history.state, "", address);
    app.keepInLinks(page);
  };

  /* Links to this page keep the open drawer. */
  app.keepInLinks = function (page) {
    for (const link of page.root.querySelectorAll("header.top a[href]")) {
      const address = new URL(link.href);
      if (address.pathname !== window.location.pathname) continue;
      keep(address.searchParams, "agent", asked().get("agent"));
      if (address.href !== link.href) link.setAttribute("href", address.pathname + address.search);
    }
  };

  function keep(params, name, value) {
    if (value === null) params.delete(name);
    else params.set(name, value);
  }
})();
