/* Words and shapes of records and their appeals, for the drawer of a team and the agent's own page. */
(function () {
  "use strict";
  const app = (window.callfloorApp = window.callfloorApp || {});
  const SHAPES = { pending: "pending", recorded: "pending", confirmed: "yes", upheld: "yes", appealed: "clock", scored: "yes", revised: "yes" };

  app.statusShape = (status) => SHAPES[status] || "away";

  /* The recorded name of a person -> the id on screen, without the kind of the account. */
  app.actorName = (by) => (by || app.UNKNOWN).replace(/^(agent|local|oidc|os|demo|unverified):/, "");

  /* A decided appeal: when, by whom, the effect before and after, and why. kind: the figure of an effect. */
  app.decisionWords = function (format, { decided_by, before, after, reason }, time, kind) {
    const effect = (side) => (side && app.isKnown(side.effect) ? format.figure(kind, side.effect) : app.UNKNOWN);
    const figures = { time, by: app.actorName(decided_by), before: effect(before), after: effect(after) };
    const head = figures.before === figures.after ? format.word("drawer.decided_same", figures) : format.word("drawer.decided", figures);
    return head + (reason ? format.word("drawer.because", { reason: format.cause(reason) }) : "");
  };
})();
