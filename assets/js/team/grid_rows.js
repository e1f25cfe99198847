/* Turns a row of the frame, the alerts and the evidence into the fields of the table's columns, and orders the rows: away on top,
   then review, watch, drop, then by evidence, with too early and not assessed at the foot. The raw ratio never orders rows. */
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

  const isAway = (state) => state === null || state === undefined || state === "offline";

  /* page: {store, format, fresh, evidence, lang, judged}. With thousands of agents a standing is worked out again only where
     the row or the alert of the agent has changed. */
  app.makeRows = function (page) {
    const alerts = alertsOf(page);
    const standings = makeStandings(page, alerts);
    return {
      row: (id, hidden) => row(page, page.store.agent(id), alerts().get(id), hidden),
      rank: () => rank(page, standings),
      chip: (id) => CHIPS[standings(id).standing],
      state: (id) => standings(id).state,
      finds: (id, text) => finds(page.store.agent(id), text),
    };
  };

  /* The alert about each agent's state, if there is one; read once per change of the alerts. */
  function alertsOf({ store }) {
    let [desk, byAgent] = [undefined, new Map()];
    return () => {
      if (desk === store.desk) return byAgent;
      desk = store.desk;
      return (byAgent = new Map(((desk || {}).alerts || []).filter(app.isFact).map((alert) => [alert.id, alert])));
    };
  }

  /* {standing, label, state} of an agent. */
  function makeStandings(page, alerts) {
    const byId = new Map();
    return (id) => {
      const [cells, alert, before] = [page.store.rows.get(id), alerts().get(id), byId.get(id)];
      if (before && before.cells === cells && before.alert === alert) return before;
      const of = page.store.agent(id);
      const now = { cells, alert, standing: standingOf(page, of, alert), label: app.nameOf(page, of), state: GROUPS[of.state] || of.state || (hasStates(page) ? "offline" : "") };
      byId.set(id, now);
      return now;
    };
  }

  /* An agent's place in ORDER; on a page that judges nobody only whether they are present. */
  function standingOf(page, of, alert) {
    if (isAbsent(page, of)) return alert ? "missing" : OFF_TODAY.includes(of.why) ? "off_today" : "away";
    if (of.assessed === false && !page.unrated) return "not_assessed";
    if (!page.judged) return "here";
    return of.flag || (ORDER.includes(of.verdict) ? of.verdict : "no_verdict");
  }

  /* Away: not arrived or on leave. Agents who have worked today and signed out are judged like the others. */
  const isAbsent = (page, of) => hasStates(page) && isAway(of.state) && !of.handled && !of.deducted;
  /* Without a source of states nobody counts as away. */
  const hasStates = ({ store }) => store.value("floor.missing.states") === null;

  function row(page, of, alert, hidden) {
    const standing = standingOf(page, of, alert);
    const absent = isAbsent(page, of);
    const fixed = { id: of.id, away: absent, missing: standing === "missing", mute: isMute(page, of, standing), label: app.nameOf(page, of) };
    const bare = hidden || absent;
    const state = hidden ? null : stateText(page, of, standing, alert);
    const flag = hidden || !page.judged ? null : flagText(page, of, standing, alert);
    return { ...(bare ? {} : figures(page, of)), ...fixed, state, flag, ...owed(page, of, hidden) };
  }

  const isMute = (page, of, standing) => standing === "not_assessed" || (page.judged && standing === "too_early");

  /* state, since when (under a works council nobody's is sent), its limit: a state over its limit is bold, with the limit where the alert names the state. */
  function stateText(page, of, standing, alert) {
    if (standing === "missing") return `not_arrived|${(page.judged && alert.since) || ""}|over`;
    if (!hasStates(page)) return null;
    if (isAbsent(page, of) && of.why === "leave") return "leave||";
    const over = alert && alert.about === "state" && !isAway(of.state);
    const limit = over ? (alert.state ? alert.limit : "over") : "";
    return `${of.state || "offline"}|${isAway(of.state) ? "" : of.since || ""}|${limit}`;
  }

  /* Due stays while calls are stale, and for agents who are away. A reason stands in place of a missing pace, unless it is the
     reason of the whole team, which the strip above says once. */
  function owed(page, of, hidden) {
    const unknown = page.fresh.planState() === "hidden";
    const [team] = page.store.teams.values();
    const why = of.why && of.why !== (team || {}).reason ? of.why : null;
    const pace = app.isKnown(of.pace) ? (hidden ? null : of.pace) : why;
    return { due: unknown ? null : of.due, pace };
  }

  /* The columns of the frame under their own names, and the fields made of several. */
  function figures(page, of) {
    const csat = of.answered ? `${of.satisfied}/${of.answered}` : null;
    const judged = page.judged ? { peers: peersText(page, of), quality: qualityText(page, of) } : {};
    return { ...of, spark: sparkText(page, of, of.spark), aht: of.aht_s, qa: of.score, csat, short: of.talks_known ? of.short / of.talks_known : null, ...judged };
  }

  /* Calls per quarter hour|what peers would have handled in the same quarter hours. */
  function sparkText({ evidence, format, fresh }, { id }, spark) {
    const { expected_h: hours } = evidence.agent(id) || {};
    const minutes = Number(format.time(fresh.nowMs()).slice(3));
    return `${(spark || []).join(",")}|${hours ? app.byQuarter(hours, minutes, (spark || []).length).join(",") : ""}`;
  }

  /* Calls expected in each hour so far -> in each of the last `count` quarter hours. The last one of either is running; hours
     begin on the full hour. */
  app.byQuarter = function (hours, minutes, count) {
    const begun = Math.floor(minutes / 15) + 1;
    const quarters = hours.flatMap((value, i) => {
      const [parted, many] = i === hours.length - 1 ? [Math.max(1, minutes / 15), begun] : [4, 4];
      return Array(many).fill(Math.round(((value || 0) / parted) * 10) / 10);
    });
    return quarters.slice(-count);
  };

  const two = (value) => (app.isKnown(value) ? value.toFixed(4) : "");

  /* ratio|low|high|what colours its dot; nothing where nothing is known. Too early: the interval that the evidence has. */
  function peersText({ evidence }, of) {
    const { low, high } = evidence.agent(of.id) || {};
    const ends = of.verdict === "too_early" && !app.isKnown(of.peer) ? [low, high] : [of.peer_low, of.peer_high];
    const hasNone = ![of.peer, ...ends].some(app.isKnown);
    return hasNone || of.assessed === false ? null : [...[of.peer, ...ends].map(two), of.flag || ""].join("|");
  }

  /* score|state|newest value of the trend|its limits */
  function qualityText({ evidence }, of) {
    const { quality_low, quality_high } = evidence.agent(of.id) || {};
    const limits = [quality_low, quality_high].every(app.isKnown) ? `${quality_low} ${quality_high}` : "";
    const known = [of.trend, of.score].some(app.isKnown);
    return known ? [two(of.score), of.trend_state || "", two(of.trend), limits].join("|") : null;
  }

  /* place in the order|code|reason */
  function flagText(page, of, standing, alert) {
    const code = of.flag || (isAbsent(page, of) ? "" : standing);
    const { format } = page;
    const rostered = standing === "missing" && alert.since ? format.word("flag.rostered", { time: format.time(alert.since) }) : "";
    return `${ORDER.indexOf(of.flag || standing)}|${code}|${rostered || app.flagReason(page, of, code)}`;
  }

  const finds = (of, text) => [of.id, of.name, of.name_en].some((name) => (name || "").toLowerCase().includes(text.toLowerCase()));

  /* id -> place in the table. */
  function rank(page, standings) {
    const compare = new Intl.Collator(page.lang === "zh" ? "zh-CN" : "en").compare;
    const keyed = [...page.store.rows.keys()].map((id) => [ORDER.indexOf(standings(id).standing), weight(page, id), standings(id).label, id]);
    keyed.sort((a, b) => a[0] - b[0] || b[1] - a[1] || compare(a[2], b[2]) || compare(a[3], b[3]));
    return new Map(keyed.map(([, , , id], i) => [id, i]));
  }

  /* ln E: the weight of the evidence against chance. */
  function weight({ evidence, judged }, id) {
    const facts = judged ? evidence.agent(id) : null;
    return facts && app.isKnown(facts.log_e) ? facts.log_e : -1e9;
  }
})();
