/* /health asks every three seconds how the line is, and fills the page by name, with times in the site's zone. While the server
   cannot be reached the last report stays, and the page says from when it is. The page carries its own words. */
(function () {
  "use strict";
  const app = (window.callfloorApp = window.callfloorApp || {});
  const EVERY_MS = 3000;
  const TIMES = ["newest", "heartbeat", "since"];
  const AGES = ["silent_s", "heartbeat_age_s"];
  const MIB = 1024 * 1024;

  /* The words and figures of the page, and the last report. */
  function makeSelf(box, root) {
    const words = { ...JSON.parse(root.dataset.words), ...JSON.parse(box.dataset.words) };
    const format = app.makeFormat(root.dataset.lang, root.dataset.zone, words);
    return { box, root, format, report: null, asking: false };
  }

  /* 14:32:09; on another day with its date. */
  function moment({ format, report }, text) {
    const [ms, now] = [Date.parse(text), Date.parse(report.now)];
    return format.isoDay(ms) === format.isoDay(now) ? format.seconds(ms) : `${format.day(ms)} ${format.seconds(ms)}`;
  }
  app.healthMoment = moment;

  function valueText(self, name, value) {
    const { format } = self;
    if (value === null || value === undefined || value === "") return app.UNKNOWN;
    if (TIMES.includes(name)) return moment(self, value);
    if (AGES.includes(name)) return value < 5 ? format.word("health.now") : format.age(value);
    if (name === "age_s") return format.figure("score", value);
    if (name === "state") return format.word(`state.${value}`) || value;
    return typeof value === "number" && name !== "line" ? format.figure("count", value) : String(value);
  }

  const bytes = ({ format }, n) => (n < 1024 * MIB ? `${format.figure("count", Math.round(n / MIB))} MiB` : `${format.figure("score", n / 1024 / MIB)} GiB`);

  /* Each line of the page by its name: a function of the report. */
  const LINES = {
    "publisher.build": (self, { publisher: of }) => (of ? (of.host ? self.format.word("health.build", { build: of.build || app.UNKNOWN }) : self.format.word("health.nobody")) : app.UNKNOWN),
    "publisher.tick": (self, { publisher: of }) => (of && app.isKnown(of.tick_age_s) ? self.format.word("health.tick", { age: of.tick_age_s < 5 ? self.format.word("health.now") : self.format.age(of.tick_age_s) }) : ""),
    "publisher.process": (self, { publisher: of }) => (of && of.host ? self.format.word("health.process", of) : ""),
    "redis.memory": (self, { redis: of }) => (app.isKnown(of.used_bytes) ? self.format.word(of.most_bytes ? "health.memory_of" : "health.memory", { used: bytes(self, of.used_bytes), most: bytes(self, of.most_bytes || 0) }) : app.UNKNOWN),
    "redis.policy": (self, { redis: of }) => (of.policy ? self.format.word("health.policy", of) : ""),
    "kafka.append_time": (self, { kafka: of }) => (of.log_append_time === null ? app.UNKNOWN : self.format.word(of.log_append_time ? "health.append_time" : "health.sender_time")),
    "kafka.retention": (self, { kafka: of }) => (of.log_append_time === null ? "" : of.retention_days === null ? self.format.word("health.for_ever") : self.format.word("health.retention", { days: self.format.figure("count", of.retention_days) })),
    "site.loaded_at": (self, { site: of }) => (of.file ? self.format.word("health.loaded", { time: moment(self, of.loaded_at) }) : self.format.word("health.no_file")),
    "unreported.kinds": (self, { unreported: of }) => (of ? of.map((reason) => self.format.word(`missing.${reason}`)).join(self.format.word("todo.between")) || self.format.word("health.all_reported") : app.UNKNOWN),
    "site.file": (self, { site: of }) => of.file || "",
    lag: (self, { partitions: of }) => (of && of.length && of.every(({ lag }) => app.isKnown(lag)) ? self.format.figure("count", of.reduce((sum, { lag }) => sum + lag, 0)) : app.UNKNOWN),
  };

  const valueAt = (report, path) => path.split(".").reduce((node, name) => (node === null || node === undefined ? null : node[name]), report);

  function row(self, columns, item) {
    const line = app.make("tr", "");
    for (const name of columns) line.append(app.make("td", name, valueText(self, name, item[name])));
    return line;
  }

  /* An empty table is hidden; a silent source is marked in its row. */
  function drawRows(self, report, body) {
    const { healthRows: path, columns } = body.dataset;
    const items = valueAt(report, path) || [];
    const silent = new Set((report.silent || []).map(({ source }) => source));
    const rows = items.map((item) => {
      const line = row(self, columns.split(" "), item);
      line.classList.toggle("is-silent", path === "sources" && silent.has(item.source));
      return line;
    });
    app.morph(body, rows);
    body.closest("section").classList.toggle("off", !rows.length && ["forgotten", "site.problems"].includes(path));
  }

  /* Codes that ask for a look and are no fault of the line: the records count as they are, or the code is about agents. */
  const PLAIN = [
    ...["letters", "too_late", "forgotten", "overdue", "roster", "no_teams"],
    ...["talk_over_call", "ends_before_start", "long_wait", "long_state", "noticed_more"],
  ];

  /* One thing to do, as a sentence. */
  function sentence({ format, report }, { code, ...of }) {
    const source = (report.silent || []).find(({ source }) => source === of.source);
    const figures = { ...of, ...agentsOf(format, of), ...noticedIn(format, of), n: format.figure("count", of.n), share: format.figure("whole_share", of.share), days: format.figure("count", of.days), span: source ? format.span(source.silent_s) : app.isKnown(of.held_s) ? format.span(of.held_s) : app.UNKNOWN, producer: of.producer || app.UNKNOWN, time: of.since ? moment({ format, report }, of.since) : "" };
    const line = app.make("li", PLAIN.includes(code) ? "" : "fault", format.word(`todo.${code}`, figures) || code);
    line.dataset.code = code;
    return line;
  }

  /* A notice about a source: its name, how many records, and the key and agent of an example. */
  function noticedIn(format, { records, source, stands, key, agent }) {
    if (!app.isKnown(records)) return {};
    const its_key = key ? format.word("todo.has_key", { key }) : format.word("todo.no_key");
    const its_agent = agent ? format.word("todo.of_agent", { agent }) : format.word("todo.no_agent");
    return { source: source || format.word("todo.no_name"), stands: stands || format.word("todo.unknown_source"), records: format.figure("count", records), its_key, its_agent };
  }

  /* The first agents of a list by id, and how many more there are. */
  function agentsOf(format, { agents, more }) {
    if (!agents) return {};
    return { agents: agents.join(format.word("todo.between")) + (more ? format.word("todo.more", { n: format.figure("count", more) }) : "") };
  }

  function drawToDo(self, unreached) {
    const { format, report, box } = self;
    const key = report ? "todo.unreached" : "todo.unreached_yet";
    const away = unreached ? [app.make("li", "fault", format.word(key, { time: report ? moment(self, report.now) : "" }))] : [];
    const lines = report && !unreached ? report.to_do.map((one) => sentence(self, one)) : [];
    const all = [...away, ...lines];
    app.morph(box.querySelector("#health-todo"), all.length ? all : [app.make("li", "sound", format.word("todo.none"))]);
    app.writeText(box.querySelector("#health-seen"), report ? format.word("health.seen_at", { time: moment(self, report.now) }) : "");
  }

  function draw(self) {
    const { box, report } = self;
    box.dataset.state = report.site.problems.length ? "broken" : report.redis.reachable ? "sound" : "away";
    drawToDo(self, false);
    for (const node of box.querySelectorAll("[data-health]")) {
      const path = node.dataset.health;
      app.writeText(node, LINES[path] ? LINES[path](self, report) : valueText(self, path.split(".").pop(), valueAt(report, path)));
    }
    for (const body of box.querySelectorAll("[data-health-rows]")) drawRows(self, report, body);
    app.drawLetters(self);
  }

  async function ask(self) {
    if (self.asking || document.hidden) return undefined;
    self.asking = true;
    const answer = await app.getJson("/health.json");
    self.asking = false;
    const report = answer.error ? answer.body : answer; /* while Redis is away a report comes with a 503 */
    if (report && report.redis) {
      self.report = report;
      return draw(self);
    }
    self.box.dataset.state = "unreached";
    return drawToDo(self, true);
  }

  /* A page that Dash draws again, as for another language, begins again. */
  function begin() {
    const [box, root] = [document.getElementById("health"), document.getElementById("callfloor")];
    if (!box || !root || box.dataset.begun) return;
    box.dataset.begun = "yes";
    const self = makeSelf(box, root);
    self.ask = () => ask(self);
    app.startLetters(self);
    ask(self);
    const again = setInterval(() => (box.isConnected ? ask(self) : clearInterval(again)), EVERY_MS);
  }

  if (location.pathname !== "/health") return;
  new MutationObserver(begin).observe(document.documentElement, { childList: true, subtree: true });
})();
