/* /me at a desk: the curve of the shift and the chart of the scores, by GET /curve as in the drawer. A phone has neither, for
   what draws them is large. Under a works council there is no place for them. */
(function () {
  "use strict";
  const app = (window.callfloorApp = window.callfloorApp || {});
  const AGAIN_MS = 30_000;

  /* me: {page, box, who, told} */
  app.makeMyCurves = function (me) {
    const slots = Object.fromEntries([...me.box.querySelectorAll("[data-slot]")].map((node) => [node.dataset.slot, node]));
    const self = { page: me.page, slots, agent: me.who, curve: null, curveProblem: "", calls: null, dueAt: 0 };
    self.draw = () => draw(self, me);
    return self;
  };

  /* Asked for anew with every call, so that their ends say what stands beside them. */
  function draw(self, { told }) {
    if (!told || self.page.root.dataset.density === "touch") return;
    if (told.day.calls !== self.calls || performance.now() > self.dueAt) {
      Object.assign(self, { calls: told.day.calls, dueAt: performance.now() + AGAIN_MS });
      app.askCurve(self);
    }
    app.drawCurves(self);
  }
})();
