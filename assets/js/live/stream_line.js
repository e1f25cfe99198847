/* The line to the server: one EventSource for all topics of the tabs and, while it gives nothing, questions instead.

   A stream that gives nothing for 10 s (held back by a proxy, dropped without a word, refused) is closed, and the snapshots are
   asked for every 2 s. Meanwhile a stream is put on trial now and then: it comes back once it has flowed for some seconds, so
   one that gives all at once every half minute does not. Every question and every trial ends by itself, so a line that leads
   nowhere holds three connections at most, and figures come again within seconds of its return.

   Runs in the shared worker of all tabs, or in a page that has none; it parses no figure. Time is measured by the clock that
   went further: one may stand still while a laptop sleeps. */
(function () {
  "use strict";
  const app = (self.callfloorApp = self.callfloorApp || {});
  const CHECK_MS = 500;
  const FIRST_WAIT_MS = 500;
  const LONGEST_WAIT_MS = 5000;
  const SILENCE_MS = 10_000;
  const ASK_EVERY_MS = 2000;
  const ASK_LIMIT_MS = 4000;
  const ASK_AT_ONCE = 3;
  const UNCHANGED_MS = 5000;
  const TRIAL_EVERY_MS = 15_000;
  const TRIAL_MS = 8000;
  const PROVEN_MS = 4000;
  const PAUSE_MS = 3000; /* longer than the server's pulse of 2 s */
  const SWITCH_MS = { more: 50, fewer: 2000, again: 15_000 };
  const KINDS = ["snapshot", "frame", "outage", "pulse"];
  const HEAD = /^\{"epoch":\s*"([^"]+)",\s*"seq":\s*(\d+)/;
  const SOURCES = { redis_away: "redis", no_publisher: "publisher" };

  const instant = () => ({ mono: performance.now(), wall: Date.now() });
  const never = { mono: -Infinity, wall: -Infinity };
  const since = (at) => Math.max(performance.now() - at.mono, Date.now() - at.wall);

  /* sink: receive(topic, {kind: snapshot | frame, stamp: {epoch, seq}, data: JSON}, {kind: outage, source} or {kind: refused, status}); changed().
     Gives {follow(topics), ask(topic), restart(), look(), state: {connected, asking, reopened}}. */
  app.makeLine = function (sink) {
    const line = {
      sink, viewer: name(), topics: new Set(), now: null, next: null, trial: null, retry: null, change: null, failures: 0,
      heardAt: instant(), openedAt: never, askedAt: never, triedAt: never, inFlight: false, stamps: new Map(),
      state: { connected: false, asking: false, reopened: 0 },
    }; /* prettier-ignore */
    setInterval(() => check(line), CHECK_MS);
    const actions = { follow: (topics) => follow(line, topics), restart: () => restart(line), look: () => look(line) };
    return { ...actions, ask: (topic) => snapshot(topic, {}), state: line.state };
  };

  const name = () => [...crypto.getRandomValues(new Uint32Array(4))].map((n) => n.toString(36)).join("");

  /* --- the stream --- */

  function open(line) {
    const names = [...line.topics].map((topic) => `topic=${encodeURIComponent(topic)}&`).join("");
    const source = new EventSource(`/stream?${names}viewer=${line.viewer}`);
    line.openedAt = instant();
    const one = { source, topics: new Set(line.topics), begun: new Set(), openedAt: instant(), flowsFrom: null, beatAt: never };
    for (const kind of KINDS) source.addEventListener(kind, (event) => hear(line, one, kind, event));
    source.onerror = () => fail(line, one);
    return one;
  }

  function close(line, ...places) {
    for (const place of places) {
      if (line[place]) line[place].source.close();
      line[place] = null;
    }
  }

  function hear(line, one, kind, { lastEventId, data }) {
    if (one === line.trial) return beat(one);
    if (one !== line.now && one !== line.next) return undefined;
    const [head, topic] = split(lastEventId, " ");
    line.heardAt = instant();
    line.failures = 0;
    if (kind === "snapshot") begin(line, one, topic);
    if (kind !== "pulse") change(line, { connected: true });
    if (kind === "outage") line.sink.receive(topic, { kind, source: JSON.parse(data).source });
    if (kind === "snapshot" || kind === "frame") line.sink.receive(topic, { kind, stamp: stampOf(head), data });
    return undefined;
  }

  const split = (text, mark) => [text.slice(0, text.indexOf(mark)), text.slice(text.indexOf(mark) + 1)];

  function stampOf(head) {
    const at = head.lastIndexOf("-");
    return { epoch: head.slice(0, at), seq: Number(head.slice(at + 1)) };
  }

  /* A stream that takes over from another does so when it gives all that the other gave, so no tab misses a frame. */
  function begin(line, one, topic) {
    one.begun.add(topic);
    change(line, { asking: false });
    if (one !== line.next || (line.now && [...line.now.begun].some((has) => one.topics.has(has) && !one.begun.has(has)))) return;
    close(line, "now");
    Object.assign(line, { now: one, next: null });
  }

  function fail(line, one) {
    if (one.source.readyState === EventSource.CLOSED) learnWhy(line, [...one.topics]);
    if (one === line.now) restart(line);
    else if (one === line.next) close(line, "next");
    else if (one === line.trial) close(line, "trial");
  }

  /* A stream does not say why it is refused; a question does. */
  async function learnWhy(line, topics) {
    for (const topic of topics) {
      const answer = await snapshot(topic, {});
      if (answer && answer.kind === "refused") line.sink.receive(topic, answer);
    }
  }

  /* Waits longer after each failure, and never as long as its neighbour: hundreds of screens lose a server together. */
  function restart(line) {
    if (line.retry !== null) return;
    close(line, "now", "next");
    line.stamps.clear();
    if (line.state.asking) return; /* the next answer is a whole snapshot */
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** line.failures);
    line.failures += 1;
    change(line, { connected: false, reopened: line.state.reopened + 1 });
    line.retry = setTimeout(() => reopen(line), wait * (0.5 + Math.random() / 2));
  }

  function reopen(line) {
    clearTimeout(line.retry);
    line.retry = null;
    if (line.topics.size && !line.now && !line.state.asking) line.now = open(line);
  }

  /* Sets the topics of the tabs. */
  function follow(line, topics) {
    const more = [...topics].some((topic) => !line.topics.has(topic));
    if (!more && topics.size === line.topics.size) return;
    if (!line.topics.size) line.heardAt = instant();
    line.topics = new Set(topics);
    line.askedAt = never;
    if (!topics.size) return stop(line);
    if (line.state.asking) return close(line, "now");
    if (!line.now) return line.retry === null && reopen(line);
    clearTimeout(line.change);
    line.change = setTimeout(() => takeOver(line), more ? SWITCH_MS.more : SWITCH_MS.fewer);
    return undefined;
  }

  function stop(line) {
    close(line, "now", "next", "trial");
    clearTimeout(line.retry);
    Object.assign(line, { retry: null, failures: 0 });
    line.stamps.clear();
    change(line, { connected: false, asking: false });
  }

  function takeOver(line) {
    if (!line.now || !line.topics.size) return;
    close(line, "next");
    line.next = open(line);
  }

  /* Whether the stream carries other topics than the tabs want, or gives nothing for one: a team may be new to the server. */
  const isOther = ({ now, topics }) => topics.size !== now.topics.size || [...topics].some((topic) => !now.begun.has(topic));

  /* --- questions, while the stream gives nothing --- */

  function check(line) {
    if (!line.topics.size) return;
    if (!line.state.asking && since(line.heardAt) > SILENCE_MS) beginAsking(line);
    if (line.state.asking) return keepAsking(line);
    if (line.now && since(line.openedAt) > SWITCH_MS.again && isOther(line)) {
      learnWhy(line, [...line.topics].filter((topic) => !line.now.begun.has(topic)));
      takeOver(line);
    }
    return undefined;
  }

  function beginAsking(line) {
    close(line, "now", "next");
    clearTimeout(line.retry);
    line.stamps.clear();
    Object.assign(line, { retry: null, askedAt: never, triedAt: never });
    change(line, { connected: false, asking: true, reopened: line.state.reopened + 1 });
  }

  function keepAsking(line) {
    if (!line.inFlight && since(line.askedAt) >= ASK_EVERY_MS) askAll(line);
    const { trial, now } = line;
    if (now && since(now.openedAt) > TRIAL_MS) close(line, "now");
    if (trial && isProven(trial)) {
      close(line, "trial");
      line.now = open(line);
    } else if (trial && since(trial.openedAt) > TRIAL_MS) close(line, "trial");
    else if (!trial && !line.now && since(line.triedAt) > TRIAL_EVERY_MS) Object.assign(line, { trial: open(line), triedAt: instant() });
  }

  function beat(trial) {
    if (since(trial.beatAt) > PAUSE_MS) trial.flowsFrom = instant();
    trial.beatAt = instant();
  }

  const isProven = ({ flowsFrom, beatAt }) => flowsFrom !== null && beatAt.mono - flowsFrom.mono > PROVEN_MS;

  async function askAll(line) {
    Object.assign(line, { inFlight: true, askedAt: instant() });
    const left = [...line.topics];
    const lane = async () => {
      while (left.length && line.state.asking) if (!(await askOne(line, left.shift()))) left.length = 0;
    };
    await Promise.all(Array.from({ length: ASK_AT_ONCE }, lane));
    line.inFlight = false;
  }

  /* Whether the server answered. */
  async function askOne(line, topic) {
    const had = line.stamps.get(topic);
    const answer = await snapshot(topic, { viewer: line.viewer, had });
    if (!line.state.asking) return false;
    change(line, { connected: answer !== null });
    if (answer === null) return false;
    if (answer.kind === "snapshot") line.stamps.set(topic, { stamp: answer.stamp, at: instant() });
    if (answer.kind !== "same") line.sink.receive(topic, answer);
    else if (since(had.at) > UNCHANGED_MS) line.sink.receive(topic, { kind: "outage", source: "publisher" });
    return true;
  }

  /* Asks once: the snapshot, {kind: "same"} where it is the one that we had, an outage, a refusal, or null where no answer of the server came. */
  async function snapshot(topic, { viewer, had }) {
    const query = `topic=${encodeURIComponent(topic)}${viewer ? `&viewer=${viewer}` : ""}`;
    const headers = had ? { "If-None-Match": `"${had.stamp.epoch}-${had.stamp.seq}"` } : {};
    try {
      const answer = await fetch(`/snapshot?${query}`, { cache: "no-store", signal: AbortSignal.timeout(ASK_LIMIT_MS), headers });
      if (answer.status === 304) return { kind: "same" };
      if (answer.status === 401 || answer.status === 404) return { kind: "refused", status: answer.status };
      const data = await answer.text();
      const head = answer.ok ? HEAD.exec(data) : null;
      if (head) return { kind: "snapshot", stamp: { epoch: head[1], seq: Number(head[2]) }, data };
      const source = answer.status === 503 ? SOURCES[JSON.parse(data).error] : null;
      return source ? { kind: "outage", source } : null;
    } catch (error) {
      return null; /* unreachable, too late, or a page of a proxy */
    }
  }

  /* A tab is visible again, the network is back or the laptop awake: no wait goes on, and a silent stream is dead. */
  function look(line) {
    if (!line.topics.size) return;
    if (line.state.asking) {
      line.askedAt = never;
      if (!line.trial && !line.now) line.triedAt = never;
    } else if (line.retry !== null) reopen(line);
    else if (since(line.heardAt) > PAUSE_MS) {
      restart(line);
      reopen(line);
    }
    check(line);
  }

  function change(line, what) {
    const before = JSON.stringify(line.state);
    Object.assign(line.state, what);
    if (JSON.stringify(line.state) !== before) line.sink.changed();
  }
})();
