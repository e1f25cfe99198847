/* The tiers of /rollup: a row for the site, one per team and, for one opened team, its agents by id; rows add up. The opened team
   stands in the address (#dawn), so that a reader can hand it on. Agents have neither name nor flag here. */
(function () {
  "use strict";
  const app = (window.callfloorApp = window.callfloorApp || {});
  const AGAIN_MS = 4000;
  const FIRST = 5;
  const DUE_AT = 0.872; /* as layouts/parts/bindings.py: where the tick of what is due stands */
  const REACH = 0.1; /* the forecast's cell shows the target ± 10 % */
  /* Calls of no agent, and what erased people had counted, after the agents in no team. */
  const NOBODY = { "~unattributed": "unattributed", "~erased": "erased" };
  const FLAGS = ["review", "watch", "drop", "quality"];

  /* page: {root, store, format, fresh, lang}; null on other pages. */
  app.makeRollup = function (page) {
    const body = page.root.querySelector("[data-rollup=rows]");
    if (!body) return null;
    const self = { page, body, opens: Boolean(body.closest("[data-opens]")), team: "", all: false, agents: null, failed: false, dueAt: 0, asking: false };
    self.team = self.opens ? linkedTeam() : "";
    self.draw = () => draw(self);
    body.addEventListener("click", ({ target }) => clicked(self, target.closest("button")));
    return self;
  };

  /* The team that the address names; an address cut off in the middle of a letter names none. */
  function linkedTeam() {
    try {
      return decodeURIComponent(location.hash.slice(1));
    } catch (problem) {
      return "";
    }
  }

  function clicked(self, button) {
    if (!button) return;
    if (button.dataset.all) self.all = button.dataset.all === "yes";
    else open(self, button.dataset.team === self.team ? "" : button.dataset.team);
    draw(self);
  }

  function open(self, team) {
    Object.assign(self, { team, all: false, agents: null, failed: false, dueAt: 0 });
    history.replaceState(history.state, "", team ? `#${encodeURIComponent(team)}` : location.pathname + location.search);
  }

  function draw(self) {
    const { store, fresh } = self.page;
    if (!store.rollup) return;
    if (self.team && !self.asking && performance.now() > self.dueAt) ask(self, self.team);
    const hidden = fresh.state() === "hidden";
    const drawing = [store.rollup, hidden, fresh.planState(), self.team, self.all, self.agents, self.failed];
    if (self.drawn && drawing.every((value, i) => value === self.drawn[i])) return;
    self.drawn = drawing;
    const todays = new Map(store.rollup.today.teams.map((one) => [rowKey(one), one]));
    const rows = store.rollup.rows.map((row) => ({ ...row, today: todays.get(rowKey(row)) || {} })).flatMap((row) => [teamRow(self, row, hidden), ...(row.id && row.id === self.team ? agentRows(self, row, hidden) : [])]);
    app.morph(self.body, [siteRow(self.page, { ...store.rollup.site, today: store.rollup.today.site }, hidden), ...rows]);
  }

  async function ask(self, team) {
    Object.assign(self, { asking: true, dueAt: performance.now() + AGAIN_MS });
    const answer = await app.getJson("/snapshot", { topic: `rollup:${team}` });
    self.asking = false;
    if (team !== self.team) return void (self.dueAt = 0);
    self.failed = Boolean(answer.error || !answer.rows);
    if (!self.failed) self.agents = answer.rows.map((cells) => Object.fromEntries(answer.columns.map((name, i) => [name, cells[i]])));
    draw(self);
  }

  /* Two rows have no id: the teams shown together, and the agents in no team. */
  const rowKey = ({ id, teams }) => id || `#${teams}`;

  const siteNameOf = ({ root }) => root.querySelector(".ru .t1 .nm").textContent;

  function siteRow(page, site, hidden) {
    return line("t1", app.make("span", "", page.siteName || (page.siteName = siteNameOf(page))), cells(page, site, hidden));
  }

  function teamRow(self, row, hidden) {
    const { page } = self;
    const { format } = page;
    const name = row.name ? app.nameOf(page, row) : row.teams ? format.word("rollup.together", { n: row.teams }) : format.word("rollup.no_team");
    const kind = row.direction ? [app.make("span", "kind", format.word(`rollup.${row.direction}`))] : [];
    const opened = row.id !== null && row.id === self.team;
    const head = self.opens && row.id ? opener(format, row.id, name, opened) : app.make("span", "plain", name);
    return line(`t2${opened ? " open" : ""}`, head, cells(page, row, hidden), kind);
  }

  function opener(format, id, name, opened) {
    const button = app.makeButton("opener", app.makeShape("open"), { team: id });
    button.append(app.make("span", "", name));
    button.setAttribute("aria-expanded", String(opened));
    return button;
  }

  /* The first few agents by id, the others in one row: the team's figures less those of the rows above. */
  function agentRows(self, team, hidden) {
    const { page, agents } = self;
    const word = (key, values) => page.format.word(`rollup.${key}`, values);
    if (!agents) return [line("t3", app.make("span", "plain", word(self.failed ? "unreachable" : "loading")), cells(page, {}, true))];
    const shown = self.all || agents.length <= FIRST + 1 ? agents : agents.slice(0, FIRST);
    const called = ({ id }) => (Object.hasOwn(NOBODY, id) ? word(NOBODY[id]) : id);
    const rows = shown.map((agent) => line("t3", app.make("span", "plain", called(agent)), cells(page, withShare(agent), hidden)));
    if (shown.length < agents.length) rows.push(line("t3", more(word("rest", { n: agents.length - shown.length }), "yes"), cells(page, rest(team, agents, shown), hidden)));
    else if (agents.length > FIRST + 1) rows.push(line("t3", more(word("fewer"), "no"), []));
    return rows;
  }

  const more = (text, all) => app.makeButton("more", text, { all });

  const over = (a, b) => (b > 0 ? a / b : null);
  const withShare = (agent) => ({ ...agent, deducted_share: app.isKnown(agent.deducted) ? over(agent.deducted, agent.volume) : null });
  const sum = (rows, name) => rows.reduce((total, row) => total + (row[name] || 0), 0);

  function rest(team, agents, shown) {
    const others = agents.slice(shown.length);
    const due = Math.floor((team.due || 0) + 0.5) - sum(shown, "due");
    const assessed = others.filter((row) => app.isKnown(row.due));
    const net = sum(assessed, "net");
    const points = over(sum(others, "points"), sum(others, "scored"));
    const ratios = { pace: over(net, due), attainment: over(net, sum(assessed, "target")), score: points === null ? null : points / 100 };
    const isKnown = (name) => app.isKnown(team[name]);
    const off = team.not_assessed_net ? sum(others.filter((row) => !app.isKnown(row.target)), "net") : 0;
    return { net: isKnown("net") ? team.net - sum(shown, "net") : null, not_assessed_net: off, due: due > 0 ? due : null, ...ratios, deducted_share: isKnown("deducted") ? over(sum(others, "deducted"), sum(others, "volume")) : null };
  }

  function line(kind, head, cellsOf, aside) {
    head.title = head.textContent;
    const name = app.make("th", "nm", app.make("div", "", head, ...(aside || [])));
    name.scope = "row";
    return app.make("tr", kind, name, ...cellsOf);
  }

  function cells(page, row, hidden) {
    const { format } = page;
    const of = hidden ? { today: row.today && {} } : row;
    const planHidden = page.fresh.planState() === "hidden";
    const text = (name, kind) => figure(name, format.figure(kind, of[name]));
    const due = figure("due", format.figure("due", planHidden ? null : row.due), "kept");
    const isPerson = row.id !== null && row.volume !== undefined && row.forecast === undefined;
    const judged = isPerson || row.forecast === undefined ? [cell("forecast"), cell("chance"), text("score", "score"), text("deducted_share", "share"), cell("flags")] : ofATeam(page, of, text);
    const pace = app.isKnown(of.pace) || hidden || !row.reason ? text("pace", "percent") : cell("pace", app.make("span", "why", format.word(`reason.${row.reason}`) || app.UNKNOWN));
    return [netCell(format, of, page.store.hasPlan()), due, cell("bar", bullet(of.pace, planHidden ? null : row.due)), pace, todayCell(format, of.today), text("attainment", "percent"), ...judged];
  }

  /* Pace counts assessed agents alone: a net with calls of others carries a mark that says how many are theirs. */
  function netCell(format, { net, not_assessed_net: off }, isPlanned) {
    const node = figure("net", format.figure("count", net));
    if (!off || !app.isKnown(net) || !isPlanned) return node;
    const text = format.word("rollup.with_off", { n: format.figure("count", off) });
    node.title = text;
    node.classList.add("with-off");
    node.setAttribute("aria-label", `${node.textContent}, ${text}`);
    return node;
  }

  function ofATeam(page, of, text) {
    const { format } = page;
    const forecast = of.forecast || {};
    return [
      cell("forecast", ...forecastMark(format, forecast, of.target)),
      figure("chance", format.figure("chance", forecast.chance)),
      text("score", "score"),
      text("deducted_share", "share"),
      cell("flags", ...flagCounts(format, of.flags)),
    ];
  }

  function cell(name, ...children) {
    return app.make("td", `c-${name}`, ...children);
  }

  function figure(name, text, more) {
    return app.make("td", `c-${name} fig${text === app.UNKNOWN ? " gone" : ""}${more ? ` ${more}` : ""}`, text);
  }

  /* Today above or below the range of chance: shape and hue; everything else is neutral. Agents get no status. */
  function todayCell(format, today) {
    if (!today) return cell("today");
    const { pace, band } = today;
    const status = app.outsideBand(pace, band);
    const text = format.figure("percent", pace);
    return app.make("td", `c-today fig ${status}${text === app.UNKNOWN ? " gone" : ""}`.trim(), ...(status ? [app.makeShape(status)] : []), text);
  }

  /* "ahead", "behind", or "" inside the band and without one. */
  app.outsideBand = (pace, band) => (!app.isKnown(pace) || !band ? "" : pace < band.low ? "behind" : pace > band.high ? "ahead" : "");

  /* Calls and due, with the same marks as on every bar. */
  function bullet(pace, due) {
    const box = app.make("div", "bar", app.makeMark("i", "fill", { width: app.isKnown(pace) ? pace * DUE_AT : 0 }));
    if (app.isKnown(due)) box.append(app.makeMark("i", "due-tick", { left: DUE_AT }));
    return box;
  }

  /* The 80 % interval of the month's end around the target; values further out stand at the edge. */
  function forecastMark(format, { expected, low, high }, target) {
    if (![expected, low, high, target].every(app.isKnown)) return [app.make("span", "gone", app.UNKNOWN)];
    const at = (value) => Math.min(1, Math.max(0, 0.5 + (value / target - 1) / (2 * REACH)));
    const mark = (name, style) => app.makeMark("i", name, style);
    const box = app.make("div", "fc", mark("target", { left: 0.5 }), mark("between", { left: at(low), width: Math.max(0.02, at(high) - at(low)) }), mark("mid", { left: at(expected) }));
    const figure = (value) => format.figure("count", value);
    box.setAttribute("role", "img");
    box.setAttribute("aria-label", `${figure(expected)} (${figure(low)}–${figure(high)})`);
    box.title = box.getAttribute("aria-label");
    return [box];
  }

  function flagCounts(format, flags) {
    if (flags === undefined) return [app.make("span", "gone", app.UNKNOWN)];
    if (!flags) return [];
    const some = FLAGS.filter((code) => flags[code]);
    if (!some.length) return [app.make("span", "none", "0")];
    return some.map((code) => {
      const one = app.make("span", `count ${code}`, app.makeShape(app.flagShape(code)), format.figure("count", flags[code]));
      one.setAttribute("role", "img");
      one.setAttribute("aria-label", format.word("rollup.flag_count", { flag: format.word(`flag.${code}`), n: flags[code] }));
      one.title = format.word(`flag.${code}`);
      return one;
    });
  }
})();
