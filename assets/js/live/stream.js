/* The page's end of the line to the server: through the shared worker of all tabs, or in the page where a browser has none.

   A page reports to the worker every two seconds, and the worker answers. A worker that does not answer is dead: the page starts
   another one, and after that holds a line of its own. */
(function () {
  "use strict";
  const app = (self.callfloorApp = self.callfloorApp || {});
  const PRESENT_MS = 2000;
  const UNANSWERED = 3;
  const WORKERS = 2;

  /* sink: snapshot(frame), frame(frame), outage(source), and counts: {gaps, reopened}. */
  app.openStream = function (topic, sink) {
    const line = { topic, sink, connected: false, asking: false, post: null, unanswered: 0, spokeAt: 0, workers: 0, received: false };
    line.check = () => check(line);
    connect(line);
    const look = () => line.post({ say: "look" });
    addEventListener("online", look);
    document.addEventListener("resume", look);
    document.addEventListener("visibilitychange", () => document.hidden || look());
    addEventListener("pagehide", () => line.post({ say: "leave" }));
    addEventListener("pageshow", ({ persisted }) => persisted && (join(line), look()));
    return line;
  };

  function connect(line) {
    if (line.post) line.post({ say: "leave" });
    line.workers += 1;
    line.unanswered = 0;
    line.post = (line.workers <= WORKERS && sharedPost(line)) || app.makeHost().open((message) => receive(line, message));
    join(line);
  }

  function join(line) {
    line.spokeAt = performance.now();
    line.post({ say: "join", topic: line.topic });
  }

  /* null where the browser has no such worker, or forbids it. */
  function sharedPost(line) {
    const worker = startWorker();
    if (!worker) return null;
    const post = (message) => worker.port.postMessage(message);
    const isInUse = () => line.post === post;
    worker.onerror = () => {
      if (!isInUse()) return;
      line.workers = WORKERS;
      connect(line);
    };
    worker.port.onmessage = ({ data }) => isInUse() && receive(line, data);
    return post;
  }

  function startWorker() {
    const { build } = document.documentElement.dataset;
    try {
      return new SharedWorker(`/assets/js/live/stream_worker.js?build=${build || ""}`, "callfloor");
    } catch (error) {
      return null;
    }
  }

  function check(line) {
    if (performance.now() - line.spokeAt < PRESENT_MS) return;
    if (line.unanswered >= UNANSWERED) return connect(line);
    line.spokeAt = performance.now();
    line.unanswered += 1;
    line.post({ say: "present" });
    return undefined;
  }

  function receive(line, message) {
    line.unanswered = 0;
    const { kind } = message;
    if (kind === "refused") return leave(line, message.status);
    if (kind === "outage") return line.sink.outage(message.source);
    if (kind === "snapshot" || kind === "frame") return receiveFrame(line, message);
    const { connected, asking, gaps, reopened } = message;
    Object.assign(line, { connected, asking });
    Object.assign(line.sink.counts, { gaps, reopened });
    return undefined;
  }

  /* A line that lost some bytes may have joined two frames into one. */
  function receiveFrame(line, { kind, stamp, data }) {
    const frame = parse(data);
    if (frame === null || frame.epoch !== stamp.epoch || frame.seq !== stamp.seq) return line.post({ say: "broken" });
    line.received = true;
    return line.sink[kind](frame);
  }

  /* Nobody is signed in, or the figures that were here are no longer the viewer's: then the page itself says so. */
  function leave(line, status) {
    if (status === 401) app.endSession();
    else if (line.received) location.reload();
    line.received = false;
  }

  function parse(text) {
    try {
      return JSON.parse(text);
    } catch (error) {
      return null;
    }
  }
})();
