/* Measures the age of the figures by two clocks, and puts it into words.

   age = the frame's age_s (publisher's clock) + time since its receipt (this browser's). The second part is the greater
   of the monotonic clock and the calendar clock: the monotonic one may stand still while a laptop sleeps.
   While a frame says `rebuilding` the counts are wrong: they are hidden, whatever their age.
   A snapshot may have waited in the store while its publisher was dead. Its age shows in how far its `now` lags behind the
   pace of earlier frames, so a reconnect never makes old figures young. */
(function () {
  "use strict";
  const app = (window.callfloorApp = window.callfloorApp || {});
  const AGING_S = 5;
  const STALE_S = 15;
  const HIDDEN_S = 300;
  const DRIFT = 0.001;

  app.makeFreshness = function () {
    const self = { frame: null, ageAtReceipt: null, receivedAt: null, pace: null, paceEpoch: null, lagMs: 0, outage: null, startedAt: instant(), line: null };

    /* isDelta: a frame that was pushed, so it is no older than its way here. */
    self.receive = function (frame, isDelta) {
      const at = instant();
      const sample = at.mono - frame.now;
      const first = self.pace === null || (isDelta && frame.epoch !== self.paceEpoch);
      const pace = first ? sample : Math.min(sample, paceAt(self, at));
      if (first) self.paceEpoch = frame.epoch;
      Object.assign(self, { frame, pace, receivedAt: at, outage: null, lagMs: sample - pace });
      /* The server may have added the time in the store to age_s already: the greater of the two, not the sum. */
      self.ageAtReceipt = frame.age_s === null ? null : Math.max(frame.age_s, self.lagMs / 1000);
    };

    /* Seconds; null: no call ever came, or its age is unknown. */
    self.ageS = () => (self.ageAtReceipt === null ? null : self.ageAtReceipt + since(self.receivedAt) / 1000);

    /* The publisher's clock, carried on by this browser's; before the first frame its own. */
    self.nowMs = () => (self.frame ? self.frame.now + self.lagMs + since(self.receivedAt) : Date.now());

    /* The moment at which the figures were true: now while live, else the last sign of life. */
    self.valuesAtMs = () => (self.state() === "live" ? self.nowMs() : self.nowMs() - 1000 * (self.ageS() || 0));

    /* The plan is as fresh as the frame that brings it, however old the calls in it are; a line that is cut brings nothing. */
    self.frameAgeS = () => (self.lagMs + since(self.receivedAt)) / 1000;
    self.planAgeS = () => Math.max(self.frameAgeS(), self.frame.rebuilding ? (self.nowMs() - self.frame.rebuilding.plan_at_ms) / 1000 : 0);
    self.planState = () => (!self.frame || !["calls", "counts"].includes(self.source()) ? self.state() : stateOf(self.planAgeS()));

    self.waitedS = () => since(self.startedAt) / 1000;
    self.state = () => (!self.frame ? "loading" : self.frame.rebuilding ? "hidden" : stateOf(self.ageS()));
    /* The progress of a rebuild; null: the counters are right, or the report is too old. */
    self.rebuilding = () => (self.source() === "counts" && self.frameAgeS() <= STALE_S ? self.frame.rebuilding : null);
    self.isAging = () => self.state() === "live" && self.ageS() > AGING_S;
    self.isCut = () => ["stale", "hidden"].includes(self.state()) || (!self.frame && self.waitedS() > STALE_S);
    self.source = () => (self.line && !self.line.connected ? "network" : self.outage || (self.frame && self.frame.rebuilding ? "counts" : "calls"));
    self.sentence = (format) => sentence(self, format);
    return self;
  };

  const instant = () => ({ mono: performance.now(), wall: Date.now() });
  const since = (at) => Math.max(performance.now() - at.mono, Date.now() - at.wall, 0);
  /* Clocks drift apart, so the least delay so far expires slowly. */
  const paceAt = (self, at) => self.pace + (at.mono - self.receivedAt.mono) * DRIFT;

  function stateOf(ageS) {
    if (ageS === null || ageS > HIDDEN_S) return "hidden";
    return ageS > STALE_S ? "stale" : "live";
  }

  function sentence(self, format) {
    if (self.rebuilding()) return rebuilt(self, format);
    const source = format.word(`live.${self.source()}`);
    if (!self.frame) return format.word("live.unreached", { source, span: format.span(self.waitedS()) });
    const age = self.frame.rebuilding ? self.frameAgeS() : self.ageS(); /* during a rebuild the age of the log says nothing */
    if (age === null) return format.word("live.never");
    const time = format.seconds(self.nowMs() - age * 1000);
    return format.word(`live.${self.state()}`, { source, span: format.span(age), time });
  }

  /* In round words: nobody knows the rest to the second. */
  function rebuilt(self, format) {
    const { share, left_s } = self.rebuilding();
    const done = format.word(`live.done_${Math.max(0, Math.min(10, Math.round(share * 10)))}`);
    const unit = !app.isKnown(left_s) ? "unknown" : left_s < 45 ? "soon" : left_s < 5400 ? "minutes" : "hours";
    const n = Math.max(1, Math.round(left_s / (unit === "hours" ? 3600 : 60)));
    return format.word(`live.rebuilding_${unit}`, { done, n });
  }
})();
