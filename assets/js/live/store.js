/* Holds the newest values of the page's topic: a snapshot replaces all, a frame replaces the values it carries. */
(function () {
  "use strict";
  const app = (window.callfloorApp = window.callfloorApp || {});

  app.makeStore = function () {
    const store = { loaded: false, floor: null, desk: null, rollup: null, campaigns: null, course: null, project: null, queues: null, teams: new Map(), columns: [], rows: new Map(), touched: new Set(), later: new Set(), seats: [], seated: 0 };

    store.replace = function (snapshot) {
      for (const id of store.rows.keys()) store.touched.add(id);
      store.loaded = true;
      store.teams.clear();
      store.rows.clear();
      store.columns = (snapshot.agents || { columns: [] }).columns;
      store.desk = null;
      store.seats = [];
      store.seated += 1; /* seats may have changed */
      store.merge(snapshot);
    };

    store.merge = function (frame) {
      if (frame.floor) store.floor = frame.floor;
      if (frame.rollup) store.rollup = frame.rollup;
      if (frame.campaigns) store.campaigns = frame.campaigns;
      if (frame.course) store.course = frame.course;
      if (frame.project) store.project = frame.project;
      if (frame.queues) store.queues = frame.queues;
      if (frame.desk) replaceDesk(store, frame.desk);
      for (const seat of (frame.seats || {}).rows || []) replaceSeat(store, seat);
      for (const team of frame.teams || []) store.teams.set(team.id, team);
      for (const row of (frame.agents || {}).rows || []) {
        store.rows.set(row[0], row);
        store.touched.add(row[0]);
      }
    };

    /* "floor.net", "team.net" (of the team with this id), "most.outbound.net" (of its teams the largest), "a+b", "a/b": null where
       a part is unknown. Paths hold names of ours alone: an id is any text. */
    store.value = (path, team) => path.split("/").map((sum) => sum.split("+").map((one) => walk(store, one.split("."), team)).reduce(plus)).reduce(over);

    /* Whether the site or a team has a target. */
    store.hasPlan = () => [store.floor || {}, (store.rollup || {}).site || {}, ...store.teams.values()].some(({ target }) => app.isKnown(target));

    /* An agent's row by the names of its columns; null where there is none. */
    store.agent = function (id) {
      const cells = store.rows.get(id);
      return cells ? Object.fromEntries(store.columns.map((name, i) => [name, cells[i]])) : null;
    };

    /* Ids of agents whose row has changed since the last call, and up to `most` of those whose evidence has. */
    store.takeTouched = function (most) {
      for (const id of store.later) {
        if (most <= 0) break;
        store.later.delete(id);
        most -= store.touched.has(id) ? 0 : 1;
        store.touched.add(id);
      }
      const ids = [...store.touched];
      store.touched.clear();
      return ids;
    };
    return store;
  };

  /* An agent who comes during the day gets a seat among those in no team, and the others move on by one. */
  function replaceSeat(store, seat) {
    const before = store.seats[seat[0]];
    if (!before || before[1] !== seat[1] || before[2] !== seat[2]) store.seated += 1;
    store.seats[seat[0]] = seat;
  }

  /* The alerts of a lead. The rows of agents with an alert are drawn again. */
  function replaceDesk(store, desk) {
    for (const { id } of [...((store.desk || {}).alerts || []), ...(desk.alerts || [])]) store.touched.add(id);
    store.desk = desk;
  }

  const plus = (a, b) => (a === null || b === null ? null : a + b);
  const over = (a, b) => (a === null || !b ? null : a / b);

  function largest({ teams }, [direction, name]) {
    let most = null;
    for (const team of teams.values()) if (team.direction === direction && (most === null || team[name] > most)) most = team[name];
    return most;
  }

  function walk(store, [head, ...rest], team) {
    if (head === "most") return largest(store, rest);
    const start = head === "team" ? store.teams.get(team) : store[head];
    const end = rest.reduce((node, name) => (node === null || node === undefined ? null : node[name]), start);
    return end === undefined ? null : end;
  }
})();
