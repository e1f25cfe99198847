/* The pages of a board as wireframes, for whoever may not see the figures on them. */
(function () {
  "use strict";
  const app = (window.callfloorApp = window.callfloorApp || {});
  const [WIDTH, HEIGHT] = [112, 63];
  const range = (from, to, step) => Array.from({ length: Math.ceil((to - from) / step) }, (_, i) => from + i * step);

  /* [x, y, width, height] of each block. */
  const BLOCKS = {
    floor: () => [
      ...[[5, 5, 28, 10], [47, 6, 16, 8], [68, 26, 16, 7], [68, 40, 38, 7], [68, 53, 16, 6], [88, 53, 16, 6]],
      ...range(75, 105, 3).map((x, i) => [x, 14 - (i % 4), 2, 4 + (i % 4)]),
      ...range(24, 58, 4).flatMap((y) => [[5, y, 26, 2.2], [36, y, 10, 2.2], [50, y, 8, 2.2]]),
    ],
    queues: () => [
      ...[[5, 5, 20, 5], [45, 5, 14, 5], [84, 5, 22, 5]],
      ...range(20, 55, 10).flatMap((y) => [[5, y, 22, 4], [40, y, 8, 4], [58, y, 12, 4], [78, y, 10, 4], [98, y, 8, 4]]),
    ],
    agents: () => [[5, 4, 24, 4], ...[13, 21, 31, 39, 49, 57].flatMap((y) => range(5, 104, 10.3).map((x) => [x, y, 7.5, 5.5]))],
  }; /* prettier-ignore */

  app.makeWireframe = function (name, title) {
    const drawing = app.makeSvg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, "aria-hidden": "true", "data-theme": "dark" });
    drawing.append(app.makeSvg("rect", { width: WIDTH, height: HEIGHT, rx: 2, class: "screen-area" }));
    for (const [x, y, width, height] of BLOCKS[name]()) drawing.append(app.makeSvg("rect", { x, y, width, height, class: "block" }));
    return app.make("div", "", drawing, title);
  };
})();
