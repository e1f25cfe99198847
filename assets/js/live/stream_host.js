/* The tabs of one line. Each tab looks at one topic and gets first a snapshot, then frames in sequence; older ones and repeats
   are dropped, and a gap makes the line begin anew. A tab that joins a topic that flows already asks for its own snapshot, and
   gets the frames that have come since: nothing changes for the others.

   A tab that is closed says so; one that crashed, was frozen or put away no longer says that it is there, and is forgotten until
   it does. Runs in the shared worker, or in a page that has none. */
(function () {
  "use strict";
  const app = (self.callfloorApp = self.callfloorApp || {});
  const KEPT_FRAMES = 40;
  const FORGET_MS = 150_000; /* a page that nobody sees may speak once a minute */
  const FORGET_EVERY_MS = 10_000;
  const AGAIN_MS = 2000;

  /* Gives open(post): post({kind: snapshot | frame | outage | state, …}) tells a tab; the answer hears what it says. */
  app.makeHost = function () {
    const host = { tabs: new Set(), recent: new Map() };
    host.line = app.makeLine({ take: (topic, event) => take(host, topic, event), changed: () => host.tabs.forEach((tab) => tell(host, tab)) });
    setInterval(() => forget(host), FORGET_EVERY_MS);
    return {
      open: (post) => {
        const tab = { post, topic: null, at: null, reached: false, gaps: 0, heardAt: performance.now() };
        return (message) => hear(host, tab, message);
      },
    };
  };

  function hear(host, tab, { say, topic }) {
    tab.heardAt = performance.now();
    if (say === "leave") return leave(host, [tab]);
    if (say === "join") tab.topic = topic;
    if (!host.tabs.has(tab)) join(host, tab);
    if (say === "look") host.line.look();
    if (say === "broken") lose(host, tab);
    if (say === "here" || say === "join") tell(host, tab);
    return undefined;
  }

  function join(host, tab) {
    host.tabs.add(tab);
    Object.assign(tab, { at: null, reached: false });
    host.line.follow(topicsOf(host));
    if (host.recent.has(tab.topic)) welcome(host, tab);
  }

  async function welcome(host, tab) {
    const found = await host.line.ask(tab.topic);
    if (tab.at !== null || !host.tabs.has(tab)) return;
    if (found === null) return setTimeout(() => tab.at === null && host.tabs.has(tab) && welcome(host, tab), AGAIN_MS);
    give(host, tab, found);
    for (const event of host.recent.get(tab.topic) || []) if (tab.at !== null && isNewer(event.stamp, tab.at)) give(host, tab, event);
    return undefined;
  }

  function leave(host, tabs) {
    for (const tab of tabs) host.tabs.delete(tab);
    const topics = topicsOf(host);
    for (const topic of [...host.recent.keys()]) if (!topics.has(topic)) host.recent.delete(topic);
    host.line.follow(topics);
  }

  const topicsOf = ({ tabs }) => new Set([...tabs].map(({ topic }) => topic));

  function forget(host) {
    const silent = [...host.tabs].filter(({ heardAt }) => performance.now() - heardAt > FORGET_MS);
    if (silent.length) leave(host, silent);
  }

  function take(host, topic, event) {
    if (event.kind === "snapshot" && !host.recent.has(topic)) host.recent.set(topic, []);
    if (event.kind === "frame" && host.recent.has(topic)) keep(host.recent.get(topic), event);
    for (const tab of host.tabs) if (tab.topic === topic) give(host, tab, event);
  }

  function keep(frames, event) {
    const newest = frames[frames.length - 1];
    if (newest && newest.stamp.epoch === event.stamp.epoch && newest.stamp.seq >= event.stamp.seq) return;
    frames.push(event);
    if (frames.length > KEPT_FRAMES) frames.shift();
  }

  const isNewer = (stamp, at) => stamp.epoch === at.epoch && stamp.seq > at.seq;

  function give(host, tab, event) {
    reach(host, tab);
    if (event.kind === "outage") return tab.post(event);
    const { kind, stamp } = event;
    if (tab.at === null ? kind === "frame" : stamp.epoch === tab.at.epoch && stamp.seq <= tab.at.seq) return undefined;
    if (kind === "frame" && (stamp.epoch !== tab.at.epoch || stamp.seq !== tab.at.seq + 1)) return lose(host, tab, 1);
    tab.at = stamp;
    return tab.post(event);
  }

  /* What came to a tab is not what follows: it needs a snapshot. */
  function lose(host, tab, gaps = 0) {
    tab.at = null;
    tab.gaps += gaps;
    host.line.restart();
  }

  function reach(host, tab) {
    if (tab.reached) return;
    tab.reached = true;
    tell(host, tab);
  }

  function tell({ line }, tab) {
    if (!line.state.connected) tab.reached = false;
    tab.post({ kind: "state", ...line.state, connected: line.state.connected && tab.reached, gaps: tab.gaps });
  }
})();
