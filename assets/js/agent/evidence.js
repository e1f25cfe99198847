/* Fetches the evidence about the agents of a team every ten seconds, as often as the table is sorted again, and puts it into words.
   Under a works council a page has no topic of evidence and asks for none. */
(function () {
  "use strict";
  const app = (window.callfloorApp = window.callfloorApp || {});
  const AGAIN_MS = 10000;
  const TIMES = [10000, 1000, 500, 100, 50, 20];
  const MOST_ODDS = 1000000;
  const LINE = { review: 500, watch: 20 };

  /* page: {root, grids}; `agent(id)`: {counted, expected, window_peer, …} or null. */
  app.makeEvidence = function (page) {
    const topic = page.root.dataset.evidence;
    const self = { agents: new Map(), dueAt: 0, asking: false };
    self.agent = (id) => self.agents.get(id) || null;
    self.tick = () => topic && !self.asking && performance.now() > self.dueAt && ask(page, self, topic);
    return self;
  };

  async function ask(page, self, topic) {
    Object.assign(self, { asking: true, dueAt: performance.now() + AGAIN_MS });
    const answer = await app.getJson("/snapshot", { topic });
    self.asking = false;
    if (answer.error || !answer.agents) return;
    const agents = new Map(Object.entries(answer.agents));
    for (const [id, facts] of agents) if (!same(facts, self.agents.get(id))) page.store.later.add(id);
    self.agents = agents;
  }

  /* Flat values and lists of numbers. */
  const same = (a, b) => Boolean(b) && Object.keys(a).every((name) => a[name] === b[name] || String(a[name]) === String(b[name]));

  const areKnown = (...values) => values.every(app.isKnown);

  /* The short reason beside a flag. */
  app.flagReason = function (page, of, code) {
    const { format } = page;
    const facts = page.evidence.agent(of.id);
    if (code === "too_early") return facts && areKnown(facts.expected, facts.phi) ? format.word("flag.early", needed(facts)) : "";
    if (["review", "watch"].includes(code) && facts && areKnown(facts.window_peer)) {
      return format.word("flag.window", { shifts: facts.shifts, ratio: format.figure("ratio", facts.window_peer) });
    }
    return of.flag && areKnown(of.flag_since) ? format.word("flag.since", { time: app.shortMoment(page, of.flag_since) }) : "";
  };

  const needed = ({ expected, phi }) => ({ n: Math.floor(expected), of: Math.ceil(7 * phi) });

  /* The sentence that can be read aloud to the agent. */
  app.flagSentence = function (page, of, code) {
    const { format } = page;
    const facts = page.evidence.agent(of.id) || {};
    if (["review", "watch"].includes(code)) return format.word("said.below", { shifts: areKnown(facts.shifts) ? facts.shifts : 20, chance: chance(format, facts, code) });
    if (code === "drop" && areKnown(of.flag_since)) return format.word("said.drop", { time: app.shortMoment(page, of.flag_since) });
    if (code === "drop") return format.word("said.drop_today");
    if (code === "quality") return format.word("said.quality", { n: of.scored });
    if (code === "too_early" && areKnown(facts.expected, facts.phi)) return format.word("said.too_early", needed(facts));
    return format.word(`said.${code}`) && code !== "too_early" ? format.word(`said.${code}`) : "";
  };

  /* How seldom chance alone does this, rounded down to a number for a sentence. A review never falls below the line it crossed. */
  function chance(format, { log_e }, code) {
    const odds = areKnown(log_e) ? Math.exp(Math.min(log_e, 30)) : 0;
    const times = TIMES.find((one) => odds >= one) || LINE[code];
    return format.word(`said.times_${Math.max(times, LINE[code])}`);
  }

  /* Beyond a million a larger number says nothing more. */
  function oddsOf(format, log_e, line) {
    const odds = Math.exp(Math.min(log_e, 30));
    const beyond = odds > MOST_ODDS;
    return format.word(beyond ? "said.odds_beyond" : "said.odds", { n: format.figure("count", Math.round(beyond ? MOST_ODDS : odds)), line });
  }

  /* The exact figures under the sentence, as a list of texts; the exposure comes last, where nothing else on the page says it. */
  app.exactFigures = function (page, of, code, withExposure = true) {
    const { format } = page;
    const facts = page.evidence.agent(of.id);
    if (!facts || of.assessed === false) return [];
    const ratio = (value) => format.figure("ratio", value);
    const interval = areKnown(facts.window_low, facts.window_high) ? [format.word("said.exact", { low: ratio(facts.window_low), high: ratio(facts.window_high) })] : [];
    const line = LINE[code];
    const odds = line && areKnown(facts.log_e) && facts.log_e > 0 ? [oddsOf(format, facts.log_e, line)] : [];
    const exposure = withExposure && areKnown(facts.exposure_s) && page.store.value("floor.missing.states") === null ? [format.word("said.exposure", { time: format.lasting(facts.exposure_s * 1000) })] : [];
    return [...interval, ...odds, ...exposure];
  };
})();
