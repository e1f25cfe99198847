/* A wall fills its screen and drifts by 2 px every ten minutes against burn-in; a desk does neither. */
(function () {
  "use strict";
  const parts = (window.callfloorParts = window.callfloorParts || {});
  const [WIDTH, HEIGHT] = [1920, 1080];
  const STEPS = [[0, 0], [2, 0], [2, 2], [0, 2]]; /* prettier-ignore */

  parts.startKiosk = function (root) {
    const wall = root.querySelector(".wall");
    if (!wall) return { drift: () => undefined };
    const fit = () => (wall.style.zoom = Math.min(window.innerWidth / WIDTH, window.innerHeight / HEIGHT));
    window.addEventListener("resize", fit);
    fit();
    return { drift: (nowMs) => drift(wall, nowMs) };
  };

  function drift(wall, nowMs) {
    const [x, y] = STEPS[Math.floor(nowMs / 600000) % STEPS.length];
    const move = `translate(${x}px, ${y}px)`;
    if (wall.style.transform !== move) wall.style.transform = move;
  }
})();
