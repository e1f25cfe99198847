/* The evidence about the persons of a team: asked for every ten seconds, as often as the table is sorted anew, and what it
   says in words. A page of a site with a works council has no topic of it and asks for nothing. */
(function () {
  "use strict";
  const app = (window.callfloorApp = window.callfloorApp || {});
  const AGAIN_MS = 10000;
  const TIMES = [10000, 1000, 500, 100, 50, 20];
  const MOST_ODDS = 1000000;
  const LINE = { review: 500, watch: 20 };

  /* page: {root, grids}; `of` an agent's id: {counted, expected, window_peer, …} or null. */
  app.makeEvidence = function (page) {
    const topic = page.root.dataset.evidence;
    const self = { agents: new Map(), dueAt: 0, asking: false };
    self.of = (id) => self.agents.get(id) || null;
    self.tick = () => topic && !self.asking && performance.now() > self.dueAt && ask(page, self, topic);
    return self;
  };

  async function ask(page, self, topic) {
    Object.assign(self, { asking: true, dueAt: performance.now() + AGAIN_MS });
    const answer = await app.getJson("/snapshot", { topic });
    self.asking = false;
    if (answer.error || !answer.agents) return;
    const agents = new Map(Object.entries(answer.agents));
    for (const [id, found] of agents) if (!same(found, self.agents.get(id))) page.store.later.add(id);
    self.agents = agents;
  }

  /* Flat values and lists of numbers. */
  const same = (a, b) => Boolean(b) && Object.keys(a).every((name) => a[name] === b[name] || String(a[name]) === String(b[name]));

  const known = (...values) => values.every(app.known);

  /* What is shown beside a flag, short. */
  app.flagReason = function (page, of, code) {
    const { format } = page;
    const found = page.evidence.of(of.id);
    if (code === "too_early") return found && known(found.expected, found.phi) ? format.word("flag.early", needed(found)) : "";
    if (["review", "watch"].includes(code) && found && known(found.window_peer)) {
      return format.word("flag.window", { shifts: found.shifts, ratio: format.figure("ratio", found.window_peer) });
    }
    return of.flag && known(of.flag_since) ? format.word("flag.since", { time: app.shortMoment(page, of.flag_since) }) : "";
  };

  const needed = ({ expected, phi }) => ({ n: Math.floor(expected), of: Math.ceil(7 * phi) });

  /* The sentence that can be read aloud to the agent. */
  app.said = function (page, of, code) {
    const { format } = page;
    const found = page.evidence.of(of.id) || {};
    if (["review", "watch"].includes(code)) return format.word("said.below", { shifts: known(found.shifts) ? found.shifts : 20, chance: chance(format, found, code) });
    if (code === "drop" && known(of.flag_since)) return format.word("said.drop", { time: app.shortMoment(page, of.flag_since) });
    if (code === "drop") return format.word("said.drop_today");
    if (code === "quality") return format.word("said.quality", { n: of.scored });
    if (code === "too_early" && known(found.expected, found.phi)) return format.word("said.too_early", needed(found));
    return format.word(`said.${code}`) && code !== "too_early" ? format.word(`said.${code}`) : "";
  };

  /* How seldom chance alone does this, rounded down to a number that can be said. A review stays where it once crossed its line. */
  function chance(format, { log_e }, code) {
    const odds = known(log_e) ? Math.exp(Math.min(log_e, 30)) : 0;
    const said = TIMES.find((times) => odds >= times) || LINE[code];
    return format.word(`said.times_${Math.max(said, LINE[code])}`);
  }

  /* Beyond a million the number says no more. */
  function oddsOf(format, log_e, line) {
    const odds = Math.exp(Math.min(log_e, 30));
    const beyond = odds > MOST_ODDS;
    return format.word(beyond ? "said.odds_beyond" : "said.odds", { n: format.figure("count", Math.round(beyond ? MOST_ODDS : odds)), line });
  }

  /* The exact figures under the sentence: a list of texts; the exposure last, where nothing else on the page says it. */
  app.exactly = function (page, of, code, withExposure = true) {
    const { format } = page;
    const found = page.evidence.of(of.id);
    if (!found || of.assessed === false) return [];
    const ratio = (value) => format.figure("ratio", value);
    const interval = known(found.window_low, found.window_high) ? [format.word("said.exact", { low: ratio(found.window_low), high: ratio(found.window_high) })] : [];
    const line = LINE[code];
    const odds = line && known(found.log_e) && found.log_e > 0 ? [oddsOf(format, found.log_e, line)] : [];
    const exposure = withExposure && known(found.exposure_s) && page.store.value("floor.missing.states") === null ? [format.word("said.exposure", { time: format.lasting(found.exposure_s * 1000) })] : [];
    return [...interval, ...odds, ...exposure];
  };
})();
