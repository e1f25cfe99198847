/* Words, shapes and order of an agent's flags, for the drawer of a team and the agent's own page. An open or snoozed flag waits for
   somebody to act on it. */
(function () {
  "use strict";
  const app = (window.callfloorApp = window.callfloorApp || {});
  const WAITING = ["open", "snoozed"];
  const RULES = ["review", "drop", "quality"];
  const SHAPES = { review: "review", watch: "watch", drop: "drop", quality: "drop", on_pace: "pace", too_early: "early", not_assessed: "away", no_verdict: "away" };

  app.flagShape = (code) => SHAPES[code] || "away";
  app.isWaiting = ({ state }) => WAITING.includes(state);

  /* Flags that wait come first, the gravest rule before the others; then those acted on; last those that ended by themselves. */
  app.episodeRank = (episode) => (app.isWaiting(episode) ? RULES.indexOf(episode.rule) : RULES.length + (episode.state === "over" ? 1 : 0));

  /* 14:32, 8888: Acknowledged, … */
  app.actionWords = function (page, { kind, by, at, text, due, until, useful }) {
    const { format } = page;
    const what = format.word(`did.${kind}`, { time: until ? app.fullMoment(page, Date.parse(until)) : "", date: due ? due.slice(5, 10) : "" }) || kind;
    const figures = { time: app.fullMoment(page, Date.parse(at)), by: app.actorName(by), what };
    const more = [...(text ? [format.word("episode.text", { text })] : []), ...(typeof useful === "boolean" ? [format.word(`episode.useful_${useful}`)] : [])];
    return format.word("episode.by", figures) + more.join("");
  };

  /* The ratio before each coaching and after it, once there are enough shifts. */
  app.coachingWords = function (format, { coaching }) {
    return (coaching || []).filter(({ before }) => before).map(({ before, after }) => {
      const ratio = (side) => format.figure("ratio", side.peer);
      return after ? format.word("episode.coached", { before: ratio(before), after: ratio(after) }) : format.word("episode.coached_wait", { before: ratio(before) });
    });
  };

  app.sinceWords = (page, ms) => page.format.word("episode.from", { time: app.fullMoment(page, ms) });
})();
