/* The page's clocks stand, so that a picture does not depend on how long it took; timers run on.
   moment.pass(ms) lets time go, moment.asking() says how many answers are awaited. */
(() => {
  delete window.SharedWorker; /* it has a clock of its own; without it the page holds the line */
  const RealDate = Date;
  const state = { wall: __NOW__, mono: 1_000_000, asking: 0 };
  window.Date = class extends RealDate {
    constructor(...given) {
      if (given.length) super(...given);
      else super(state.wall);
    }
    static now() {
      return state.wall;
    }
  };
  performance.now = () => (state.mono += 0.001);
  const ask = window.fetch;
  window.fetch = (...what) => {
    state.asking += 1;
    return ask(...what).finally(() => (state.asking -= 1));
  };
  window.moment = {
    asking: () => state.asking,
    pass(ms) {
      state.wall += ms;
      state.mono += ms;
    },
  };
})();
