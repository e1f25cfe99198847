/* A row of the frame, the alerts and the evidence -> the fields of the table's columns, and the order of the rows: away on
   top, then review, watch, drop, then by evidence; too early and not assessed at the foot. Never by the raw ratio. */
(function () {
  "use strict";
  const app = (window.callfloorApp = window.callfloorApp || {});
  const ORDER = ["missing", "away", "here", "review", "watch", "drop", "quality", "on_pace", "too_early", "no_verdict", "not_assessed", "off_today"];
  const OFF_TODAY = ["no_planned_hours", "no_time_yet"];
  const CHIPS = {
    missing: "away", away: "away", off_today: "away", review: "todo", watch: "todo", drop: "todo", quality: "todo",
    on_pace: "pace", too_early: "early", no_verdict: "early", not_assessed: "off", here: "here",
  };
  const GROUPS = { ringing: "available", hold: "talk", training: "other", meeting: "other" }; /* as the summary counts them */
  const OF_THE_STATE = ["state_over_limit", "idle"];
  const ABOUT_STATES = ["not_arrived", ...OF_THE_STATE];

  const isAway = (state) => state === null || state === undefined || state === "offline";

  app.limitMs = ({ limit_ms, limit }) => (app.known(limit_ms) ? limit_ms : limit);

  /* page: {store, format, fresh, evidence, lang, judged}. What is asked of thousands at every frame is found anew only where a
     row, or what is told of its agent, is another. */
  app.makeRows = function (page) {
    const alerts = alertsOf(page);
    const known = knowing(page, alerts);
    return {
      row: (id, hidden) => row(page, page.store.agent(id), alerts().get(id), hidden),
      rank: () => rank(page, known),
      chip: (id) => CHIPS[known(id).place],
      state: (id) => known(id).state,
      finds: (id, text) => finds(page.store.agent(id), text),
    };
  };

  /* The alert of each agent's state, if there is one; read once of what the lead is told. */
  function alertsOf({ store }) {
    let [told, found] = [undefined, new Map()];
    return () => {
      if (told === store.desk) return found;
      told = store.desk;
      return (found = new Map(((told || {}).alerts || []).filter(({ kind }) => ABOUT_STATES.includes(kind)).map((alert) => [alert.id, alert])));
    };
  }

  /* {place, label, state} of an agent. */
  function knowing(page, alerts) {
    const found = new Map();
    return (id) => {
      const [cells, alert, before] = [page.store.rows.get(id), alerts().get(id), found.get(id)];
      if (before && before.cells === cells && before.alert === alert) return before;
      const of = page.store.agent(id);
      const now = { cells, alert, place: standing(page, of, alert), label: app.nameOf(page, of), state: GROUPS[of.state] || of.state || (hasStates(page) ? "offline" : "") };
      found.set(id, now);
      return now;
    };
  }

  /* How an agent stands: the place in ORDER; without judgement only whether he is here. */
  function standing(page, of, alert) {
    if (isAbsent(page, of)) return alert ? "missing" : OFF_TODAY.includes(of.why) ? "off_today" : "away";
    if (of.assessed === false && !page.unrated) return "not_assessed";
    if (!page.judged) return "here";
    return of.flag || (ORDER.includes(of.verdict) ? of.verdict : "no_verdict");
  }

  /* Away: not arrived or on leave. Who has worked today and signed out is judged like the others. */
  const isAbsent = (page, of) => hasStates(page) && isAway(of.state) && !of.handled && !of.deducted;
  /* Where no source has ever told a state, nobody is known to be away. */
  const hasStates = ({ store }) => store.value("floor.missing.states") === null;

  function row(page, of, alert, hidden) {
    const place = standing(page, of, alert);
    const absent = isAbsent(page, of);
    const fixed = { id: of.id, away: absent, missing: place === "missing", mute: isMute(page, of, place), label: app.nameOf(page, of) };
    const bare = hidden || absent;
    const state = hidden ? null : stateText(page, of, place, alert);
    const flag = hidden || !page.judged ? null : flagText(page, of, place, alert);
    return { ...fixed, state, flag, ...owed(page, of, hidden), ...(bare ? {} : figures(page, of)) };
  }

  const isMute = (page, of, place) => place === "not_assessed" || (page.judged && place === "too_early");

  /* state, since when (under a works council nobody's is sent), its limit: a state over its limit is bold. */
  function stateText(page, of, place, alert) {
    if (place === "missing") return `not_arrived|${(page.judged && alert.since) || ""}|over`;
    if (!hasStates(page)) return null;
    if (isAbsent(page, of) && of.why === "leave") return "leave||";
    const over = alert && OF_THE_STATE.includes(alert.kind) && !isAway(of.state);
    const limit = over ? (alert.kind === "idle" ? "over" : app.limitMs(alert)) : "";
    return `${of.state || "offline"}|${isAway(of.state) ? "" : of.since || ""}|${limit}`;
  }

  /* What is due stays while calls are stale, and is owed by who is away. In place of a pace the reason stands, unless it is
     that of the whole team, which the strip above says once. */
  function owed(page, of, hidden) {
    const unknown = page.fresh.planState() === "hidden";
    const [team] = page.store.teams.values();
    const why = of.why && of.why !== (team || {}).reason ? of.why : null;
    const pace = app.known(of.pace) ? (hidden ? null : of.pace) : why;
    return { due: unknown ? null : of.due, pace };
  }

  function figures(page, of) {
    const { handled, deducted, net, converted, spark } = of;
    const csat = of.answered ? `${of.satisfied}/${of.answered}` : null;
    const judged = page.judged ? { peers: peersText(page, of), quality: qualityText(page, of) } : {};
    return { handled, deducted, net, converted, spark: sparkText(page, of, spark), aht: of.aht_s, qa: of.score, csat, short: of.talks_known ? of.short / of.talks_known : null, ...judged };
  }

  /* Calls per quarter hour|what peers would have handled in the same quarter hours. */
  function sparkText({ evidence, format, fresh }, { id }, spark) {
    const { expected_h: hours } = evidence.of(id) || {};
    const minutes = Number(format.time(fresh.nowMs()).slice(3));
    return `${(spark || []).join(",")}|${hours ? app.byQuarter(hours, minutes, (spark || []).length).join(",") : ""}`;
  }

  /* What was expected in each hour so far -> in each of the last `count` quarter hours. The last one of either is running; hours
     begin on the full hour. */
  app.byQuarter = function (hours, minutes, count) {
    const begun = Math.floor(minutes / 15) + 1;
    const quarters = hours.flatMap((value, i) => {
      const [parted, many] = i === hours.length - 1 ? [Math.max(1, minutes / 15), begun] : [4, 4];
      return Array(many).fill(Math.round(((value || 0) / parted) * 10) / 10);
    });
    return quarters.slice(-count);
  };

  const two = (value) => (app.known(value) ? value.toFixed(4) : "");

  /* ratio|low|high|what colours its dot; nothing where nothing is known. Too early: the interval that the evidence has. */
  function peersText({ evidence }, of) {
    const { low, high } = evidence.of(of.id) || {};
    const ends = of.verdict === "too_early" && !app.known(of.peer) ? [low, high] : [of.peer_low, of.peer_high];
    const hasNone = ![of.peer, ...ends].some(app.known);
    return hasNone || of.assessed === false ? null : [...[of.peer, ...ends].map(two), of.flag || ""].join("|");
  }

  /* score|state|newest value of the trend|its limits */
  function qualityText({ evidence }, of) {
    const { quality_low, quality_high } = evidence.of(of.id) || {};
    const limits = [quality_low, quality_high].every(app.known) ? `${quality_low} ${quality_high}` : "";
    const known = [of.trend, of.score].some(app.known);
    return known ? [two(of.score), of.trend_state || "", two(of.trend), limits].join("|") : null;
  }

  /* place in the order|code|reason */
  function flagText(page, of, place, alert) {
    const code = of.flag || (isAbsent(page, of) ? "" : place);
    const { format } = page;
    const rostered = place === "missing" && alert.since ? format.word("flag.rostered", { time: format.time(alert.since) }) : "";
    return `${ORDER.indexOf(of.flag || place)}|${code}|${rostered || app.flagReason(page, of, code)}`;
  }

  const finds = (of, text) => [of.id, of.name, of.name_en].some((name) => (name || "").toLowerCase().includes(text.toLowerCase()));

  /* id -> place in the table. */
  function rank(page, known) {
    const compare = new Intl.Collator(page.lang === "zh" ? "zh-CN" : "en").compare;
    const keyed = [...page.store.rows.keys()].map((id) => [ORDER.indexOf(known(id).place), weight(page, id), known(id).label, id]);
    keyed.sort((a, b) => a[0] - b[0] || b[1] - a[1] || compare(a[2], b[2]) || compare(a[3], b[3]));
    return new Map(keyed.map(([, , , id], i) => [id, i]));
  }

  /* ln E: how much speaks against chance. */
  function weight({ evidence, judged }, id) {
    const found = judged ? evidence.of(id) : null;
    return found && app.known(found.log_e) ? found.log_e : -1e9;
  }
})();
