/* The tabs of one line. Each tab looks at one topic and gets first a snapshot, then frames in sequence; older frames and repeats
   are dropped, and a gap makes the line begin again. A tab that joins a flowing topic asks for its own snapshot, and gets the
   frames that have come since: nothing changes for the other tabs.

   A closed tab says so; one that crashed or was frozen stops reporting, and is forgotten until it reports again. Runs in the
   shared worker, or in a page that has none. */
(function () {
  "use strict";
  const app = (self.callfloorApp = self.callfloorApp || {});
  const MOST_FRAMES = 40;
  const FORGET_MS = 150_000; /* a hidden page may report once a minute */
  const FORGET_EVERY_MS = 10_000;
  const AGAIN_MS = 2000;

  /* Gives open(post), which takes what a tab hears, post({kind: snapshot | frame | outage | refused | state, …}), and gives what it says. */
  app.makeHost = function () {
    const host = { tabs: new Set(), recent: new Map() };
    host.line = app.makeLine({ receive: (topic, event) => distribute(host, topic, event), changed: () => host.tabs.forEach((tab) => sendState(host, tab)) });
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
    if (say === "present" || say === "join") sendState(host, tab);
    return undefined;
  }

  function join(host, tab) {
    host.tabs.add(tab);
    Object.assign(tab, { at: null, reached: false });
    host.line.follow(topicsOf(host));
    if (host.recent.has(tab.topic)) welcome(host, tab);
  }

  async function welcome(host, tab) {
    const snapshot = await host.line.ask(tab.topic);
    if (tab.at !== null || !host.tabs.has(tab)) return;
    if (snapshot && snapshot.kind === "refused") return tab.post(snapshot);
    if (snapshot === null) return setTimeout(() => tab.at === null && host.tabs.has(tab) && welcome(host, tab), AGAIN_MS);
    deliver(host, tab, snapshot);
    for (const event of host.recent.get(tab.topic) || []) if (tab.at !== null && isNewer(event.stamp, tab.at)) deliver(host, tab, event);
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

  function distribute(host, topic, event) {
    if (event.kind === "snapshot" && !host.recent.has(topic)) host.recent.set(topic, []);
    if (event.kind === "frame" && host.recent.has(topic)) remember(host.recent.get(topic), event);
    for (const tab of host.tabs) if (tab.topic === topic) deliver(host, tab, event);
  }

  function remember(frames, event) {
    const newest = frames[frames.length - 1];
    if (newest && newest.stamp.epoch === event.stamp.epoch && newest.stamp.seq >= event.stamp.seq) return;
    frames.push(event);
    if (frames.length > MOST_FRAMES) frames.shift();
  }

  const isNewer = (stamp, at) => stamp.epoch === at.epoch && stamp.seq > at.seq;

  function deliver(host, tab, event) {
    if (event.kind === "refused") return tab.post(event);
    reach(host, tab);
    if (event.kind === "outage") return tab.post(event);
    const { kind, stamp } = event;
    if (tab.at === null ? kind === "frame" : stamp.epoch === tab.at.epoch && stamp.seq <= tab.at.seq) return undefined;
    if (kind === "frame" && (stamp.epoch !== tab.at.epoch || stamp.seq !== tab.at.seq + 1)) return lose(host, tab, 1);
    tab.at = stamp;
    return tab.post(event);
  }

  /* The event does not follow the tab's last one: it needs a snapshot. */
  function lose(host, tab, gaps = 0) {
    tab.at = null;
    tab.gaps += gaps;
    host.line.restart();
  }

  function reach(host, tab) {
    if (tab.reached) return;
    tab.reached = true;
    sendState(host, tab);
  }

  function sendState({ line }, tab) {
    if (!line.state.connected) tab.reached = false;
    tab.post({ kind: "state", ...line.state, connected: line.state.connected && tab.reached, gaps: tab.gaps });
  }
})();
