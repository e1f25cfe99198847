/* The upkeep of a wall that nobody attends: it fills its screen, drifts by 2 px every ten minutes against burn-in, turns its pages
   while its figures are live, and loads itself again after a deploy, when memory grows, and once a night, but only when the
   server answers: a wall without its server keeps its figures. A desk does none of this. */
(function () {
  "use strict";
  const app = (window.callfloorApp = window.callfloorApp || {});
  const [WIDTH, HEIGHT] = [1920, 1080];
  const STEPS = [[0, 0], [2, 0], [2, 2], [0, 2]]; /* prettier-ignore */
  const MINUTE_MS = 60_000;
  const DRIFT_MS = 10 * MINUTE_MS;
  const HEAP_BYTES = 400 * 2 ** 20; /* ten times what a wall needs */
  const QUIET_HOUR = "04";
  const LONG_MS = 12 * 60 * MINUTE_MS;
  const YOUNG_MS = 10 * MINUTE_MS; /* a page that has just been loaded gains nothing by it */
  /* A page loads again at a random moment of this span: hundreds of walls must not come at once. */
  const SPREAD_MS = { deploy: MINUTE_MS, memory: MINUTE_MS, quiet: 50 * MINUTE_MS };
  const AGAIN_MS = 30_000;
  const ON_A_WALL = ["partition", "records", "source"]; /* what an alert is about that every page names */

  let faces = 0;
  document.fonts.addEventListener("loadingdone", () => (faces += 1));

  app.startKiosk = function (page) {
    const wall = page.root.querySelector(".wall");
    if (!wall) return { draw: () => undefined, tick: () => undefined };
    const self = { page, wall, turn: page.turn || newTurn(wall), upkeep: page.upkeep || { why: null, at: 0, asking: false } };
    Object.assign(page, { turn: self.turn, upkeep: self.upkeep });
    self.drawn = { queues: app.makeQueues(page), seats: app.makeSeats(page, app.WHOLE_PAGE), half: app.makeSeats(page, app.HALF_PAGE) };
    fitScreen(wall);
    show(self);
    return { draw: () => draw(self), tick: () => tick(self), turnTo: (at) => turnTo(self, at) };
  };

  function tick(self) {
    const nowMs = self.page.fresh.nowMs();
    drift(self.wall, nowMs);
    turn(self, nowMs);
    care(self);
  }

  /* Which page stands since which step of the clock, and how often each page has been shown: a page with more than one
     screen shows the next one every time. */
  function newTurn(wall) {
    const pages = wall.dataset.pages.split(" ");
    return { pages, at: 0, step: null, rounds: Object.fromEntries(pages.map((name) => [name, 0])) };
  }

  /* All screens of a board turn with the clock of the frames. What is stale stands still. */
  function turn(self, nowMs) {
    const live = self.page.fresh.state() === "live";
    const [before, step] = [self.turn.step, live ? Math.floor(nowMs / Number(self.wall.dataset.rotate)) : null];
    self.turn.step = step;
    if (before === null || step === null || before === step) return;
    self.turn.rounds[self.turn.pages[self.turn.at]] += 1;
    turnTo(self, (self.turn.at + 1) % self.turn.pages.length);
  }

  function turnTo(self, at) {
    self.turn.at = at;
    show(self);
    draw(self);
  }

  function show({ wall, turn: { pages, at } }) {
    for (const one of wall.querySelectorAll("[data-page]")) one.classList.toggle("on", one.dataset.page === pages[at]);
    for (const one of wall.querySelectorAll("[data-title]")) one.classList.toggle("on", one.dataset.title === pages[at]);
    wall.querySelector('[data-wall="told"]').fitted = null; /* another title leaves it another width */
  }

  function draw(self) {
    const name = self.turn.pages[self.turn.at];
    const section = self.wall.querySelector(`[data-page="${name}"]`);
    const drawn = { project: () => "", floor: () => drawHalf(self, section, self.turn.rounds.floor), ...drawers(self, section) };
    const more = drawn[name](self.turn.rounds[name]);
    const title = self.wall.querySelector(`[data-title="${name}"] [data-wall="more"]`);
    if (title.textContent !== more) title.textContent = more;
    drawNotice(self);
    for (const node of [...section.querySelectorAll(".fit")]) fit(node);
  }

  function drawers({ drawn }, section) {
    const box = (name) => section.querySelector(`[data-wall="${name}"]`);
    return { queues: (shown) => drawn.queues.draw(box("queues"), shown), agents: (shown) => drawn.seats.draw(box("agents"), shown) };
  }

  /* The teams; a floor without teams shows its agents. */
  function drawHalf({ drawn }, section, shown) {
    const half = section.querySelector('[data-wall="half"]');
    if (!half) return drawTeams(section, shown);
    drawn.half.draw(half, shown);
    return "";
  }

  /* Teams that do not fit on one screen take turns, one screen each time the page comes. */
  function drawTeams(section, shown) {
    const screens = [...section.querySelectorAll(".screen")];
    if (!screens.length) return "";
    screens.forEach((one, i) => one.classList.toggle("on", i === shown % screens.length));
    return screens.length > 1 ? `${(shown % screens.length) + 1} / ${screens.length}` : "";
  }

  /* A halted partition, records that count for nobody, a silent source, dead letters: every page names the first, in words. */
  function drawNotice({ page, wall }) {
    const alerts = page.store.loaded ? page.store.value("floor.alerts") || [] : [];
    const one = alerts.find(({ about }) => ON_A_WALL.includes(about));
    const box = wall.querySelector('[data-wall="told"]');
    app.morph(box, one ? [app.makeShape("clock"), noticeOf(page, one)] : []);
    if (one) fit(box);
  }

  function noticeOf(page, alert) {
    const name = alert.about === "source" ? [app.make("span", "source", app.nameOf(page, alert)), " "] : [];
    const { format } = page;
    const values = { value: format.figure("count", alert.value), limit: format.figure("count", alert.limit) };
    return app.make("span", "", ...name, format.word(`alert.${alert.kind}`, values));
  }

  /* Figures of a larger floor are drawn smaller, so that they do not lie over their neighbours. */
  function fit(node) {
    const key = `${node.textContent.length} ${faces}`; /* another typeface has another width */
    if (node.fitted === key) return;
    node.style.zoom = 1;
    const whole = node.clientWidth;
    if (!whole) return;
    node.fitted = key;
    if (node.scrollWidth > whole) node.style.zoom = Math.floor((whole / node.scrollWidth) * 100) / 100;
  }

  function fitScreen(wall) {
    const set = () => (wall.style.zoom = Math.min(window.innerWidth / WIDTH, window.innerHeight / HEIGHT));
    window.addEventListener("resize", set);
    set();
  }

  function drift(wall, nowMs) {
    const [x, y] = STEPS[Math.floor(nowMs / DRIFT_MS) % STEPS.length];
    const move = `translate(${x}px, ${y}px)`;
    if (wall.style.transform !== move) wall.style.transform = move;
  }

  /* A reason, once there is one, stays until the page is loaded again; only a deploy may be taken back. */
  function care({ page, upkeep }) {
    const why = reason(page);
    if (upkeep.why === "deploy" && !isOther(page)) upkeep.why = null;
    if (!upkeep.why && why) Object.assign(upkeep, { why, at: performance.now() + Math.random() * SPREAD_MS[why] });
    if (!upkeep.why || upkeep.asking || performance.now() < upkeep.at || page.fresh.state() !== "live") return;
    upkeep.asking = true;
    served().then((build) => renew(upkeep, build));
  }

  function reason(page) {
    if (isOther(page)) return "deploy";
    const age = performance.now();
    if (age > YOUNG_MS && performance.memory && performance.memory.usedJSHeapSize > HEAP_BYTES) return "memory";
    return age > LONG_MS && page.format.time(page.fresh.nowMs()).startsWith(QUIET_HOUR) ? "quiet" : null;
  }

  const ownBuild = () => document.documentElement.dataset.build || "";

  /* Whether the frames come from another build than the page. */
  function isOther({ fresh }) {
    const build = (fresh.frame || {}).build;
    return Boolean(build && ownBuild() && build !== ownBuild());
  }

  /* The publisher may be of a newer build than the web server: loading the old page again would change nothing. */
  function renew(upkeep, build) {
    const worth = upkeep.why === "deploy" ? build !== ownBuild() : true;
    if (build !== null && worth) return location.reload();
    Object.assign(upkeep, { asking: false, at: performance.now() + AGAIN_MS * (1 + Math.random()) });
    return undefined;
  }

  /* The build of the page that the server sends now; null while it sends none. */
  async function served() {
    const match = /data-build="([^"]*)"/.exec((await app.getText(location.href)) || "");
    return match ? match[1] : null;
  }

  /* A page whose server disappeared during loading has nothing to show: it tries again until it loads. */
  function untilDrawn() {
    if (app.page) return;
    served().then((build) => (build === null ? setTimeout(untilDrawn, AGAIN_MS) : location.reload()));
  }

  if (document.documentElement.dataset.density === "wall") setTimeout(untilDrawn, MINUTE_MS);
})();
