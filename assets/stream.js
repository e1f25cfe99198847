/* One EventSource per page. Every connection begins with a snapshot, so there is one path of recovery:
   on an error, a gap in the sequence or a silent line it is closed and opened again.
   A frame is applied only if it is the next one of the same epoch; older ones and repeats are dropped. */
(function () {
  "use strict";
  const parts = (window.callfloorParts = window.callfloorParts || {});
  const FIRST_WAIT_MS = 500;
  const LONGEST_WAIT_MS = 5000;
  const SILENCE_MS = 12000;

  /* sink: snapshot(frame), frame(frame), outage(source), and counts: {gaps, reopened}. */
  parts.openStream = function (topic, sink) {
    const line = { source: null, epoch: null, seq: null, failures: 0, connected: false, heardAt: performance.now(), timer: null };
    const heard = () => (line.heardAt = performance.now());

    function open() {
      line.timer = null;
      line.seq = null;
      heard();
      const source = (line.source = new EventSource(`/stream?topic=${encodeURIComponent(topic)}`));
      source.addEventListener("snapshot", (event) => onSnapshot(JSON.parse(event.data)));
      source.addEventListener("frame", (event) => onFrame(JSON.parse(event.data)));
      source.addEventListener("outage", (event) => onOutage(JSON.parse(event.data)));
      source.onerror = () => reopen();
    }

    function onSnapshot(frame) {
      heard();
      Object.assign(line, { epoch: frame.epoch, seq: frame.seq, failures: 0, connected: true });
      sink.snapshot(frame);
    }

    function onFrame(frame) {
      heard();
      if (line.seq === null) return;
      const same = frame.epoch === line.epoch;
      if (same && frame.seq <= line.seq) return;
      if (!same || frame.seq !== line.seq + 1) return onGap();
      line.seq = frame.seq;
      sink.frame(frame);
    }

    function onGap() {
      sink.counts.gaps += 1;
      reopen();
    }

    function onOutage(what) {
      heard();
      Object.assign(line, { connected: true, failures: 0 });
      sink.outage(what.source);
    }

    /* Waits longer after each failure, and never as long as its neighbour: hundreds of screens lose a server together. */
    function reopen() {
      if (line.timer !== null) return;
      line.source.close();
      line.connected = false;
      const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** line.failures);
      line.failures += 1;
      sink.counts.reopened += 1;
      line.timer = setTimeout(open, wait * (0.5 + Math.random() / 2));
    }

    /* A cable that was pulled raises no error: a line that says nothing is dead. */
    line.check = () => line.timer === null && performance.now() - line.heardAt > SILENCE_MS && reopen();
    open();
    return line;
  };
})();
