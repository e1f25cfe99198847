/* The person who looks, as the server wrote them on the page's root, and the way out. What a person may do is the server's to say;
   here it only decides which buttons are there. */
(function () {
  "use strict";
  const app = (window.callfloorApp = window.callfloorApp || {});
  const DECIDING = ["quality", "supervisor"];

  const root = () => document.getElementById("callfloor");
  const roles = () => (root().dataset.roles || "").split(" ");

  /* The id of the agent that the viewer is, or null. */
  app.ownAgent = () => root().dataset.agent || null;

  /* The name under which the viewer is shown. */
  app.viewerName = () => root().dataset.account || app.ownAgent() || "";

  /* Whether the viewer decides appeals; not those about themself. */
  app.mayDecide = (agent) => roles().some((role) => DECIDING.includes(role)) && app.ownAgent() !== agent;

  document.addEventListener("click", async ({ target }) => {
    if (!target.closest("#sign-out")) return;
    const answer = await app.postJson("/sign-out", {});
    window.location.assign(answer.to || "/sign-in");
  });
})();
