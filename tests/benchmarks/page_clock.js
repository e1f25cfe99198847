/* The page's clock in the benchmark's hands. Until `pageClock.hold()` it runs as any other; from then on every frame that the
   page has taken moves it by one tick of the publisher: timers fall due, screen refreshes come, ages grow as they would have,
   only sooner. Frames, and what becomes of them, are none of its business. START is set before it: the publisher's clock. */
(function () {
  "use strict";
  const TICK_MS = 250;
  const REFRESH_MS = 1000 / 60;
  const FLOW_MS = 10;
  const [flow, soon, RealDate] = [setInterval.bind(window), setTimeout.bind(window), Date];
  const due = new Map();
  let [at, newest, flowing] = [0, 0, true];
  const told = { ticks: 0, drawn: 0 };

  function add(run, wait, every) {
    newest += 1;
    due.set(newest, { id: newest, at: at + Math.max(1, Number(wait) || 0), run, every });
    return newest;
  }

  function next(until) {
    let first = null;
    for (const timer of due.values()) if (timer.at <= until && (first === null || timer.at < first.at)) first = timer;
    return first;
  }

  function advance(ms) {
    const until = at + ms;
    for (let timer = next(until); timer; timer = next(until)) {
      at = timer.at;
      if (timer.every === null) due.delete(timer.id);
      else timer.at += timer.every;
      try {
        timer.run();
      } catch (error) {
        reportError(error);
      }
    }
    at = until;
  }

  const refresh = (run) => () => {
    told.drawn += 1;
    run(at);
  };
  window.setTimeout = (run, wait, ...more) => add(() => run(...more), wait, null);
  window.setInterval = (run, wait, ...more) => add(() => run(...more), wait, Math.max(1, Number(wait) || 0));
  window.requestAnimationFrame = (run) => add(refresh(run), REFRESH_MS - (at % REFRESH_MS), null);
  window.clearTimeout = window.clearInterval = window.cancelAnimationFrame = (id) => due.delete(id);
  Object.defineProperty(performance, "now", { value: () => at });
  Object.defineProperty(performance, "timeOrigin", { value: START });
  window.Date = class extends RealDate {
    constructor(...given) {
      super(...(given.length ? given : [START + at]));
    }

    static now() {
      return START + at;
    }
  };
  flow(() => flowing && advance(FLOW_MS), FLOW_MS);

  /* After whatever the page has asked to be told of a frame, the clock is told too. */
  window.SharedWorker = class extends window.SharedWorker {
    constructor(...given) {
      super(...given);
      soon(() => this.port.addEventListener("message", ({ data }) => data.kind === "frame" && tick()), 0);
    }
  };

  function tick() {
    if (flowing) return;
    told.ticks += 1;
    advance(TICK_MS);
  }

  window.pageClock = { hold: () => (flowing = false), waiting: () => due.size, told };
})();
