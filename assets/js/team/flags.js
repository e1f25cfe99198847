/* In the drawer: the flags of an agent, who did what about each, and what may be done now. A flag is a prompt for a
   conversation: whoever leads acknowledges, snoozes, notes, coaches; the agent himself contests. What was done is shown as
   soon as the server has it, and not before. */
(function () {
  "use strict";
  const app = (window.callfloorApp = window.callfloorApp || {});
  const WAITING = ["open", "snoozed"];
  const RULES = ["review", "drop", "quality"];
  const acting = () => new URLSearchParams(window.location.search).get("as");
  app.acting = acting;

  /* Asks for the flags of the agent in the drawer, and draws them. */
  app.askFlags = async function (drawer) {
    if (!drawer.page.judged || drawer.agent === null) return;
    const { agent } = drawer;
    const asked = (drawer.flagsAsked = (drawer.flagsAsked || 0) + 1);
    const answer = await app.getJson(`/flags?agent=${encodeURIComponent(agent)}`);
    if (drawer.agent !== agent || asked !== drawer.flagsAsked) return;
    if (answer.error) return unreachable(drawer);
    drawer.episodes = answer.flags;
    app.drawFlags(drawer);
  };

  /* What is known already stays; of whom nothing is known yet, no flag must not seem to be the answer. */
  function unreachable({ page, slots, episodes }) {
    if (!episodes.length) app.morph(slots.episodes, [app.make("p", "problem", page.format.word("episode.unreachable"))]);
  }

  /* What waits, what somebody did something about, what is over by itself; of each where something happened last. */
  const place = ({ state, rule }) => (WAITING.includes(state) ? RULES.indexOf(rule) : RULES.length + (state === "over" ? 1 : 0));
  const lastAt = ({ actions, opened }) => Math.max(...[opened, ...actions.map(({ at }) => at)].map((time) => Date.parse(time)));

  /* What waits, then the newest that is done, with what was agreed. */
  app.drawFlags = function (drawer) {
    const { page, slots } = drawer;
    if (!page.judged) return;
    drawer.episodes.sort((a, b) => place(a) - place(b) || lastAt(b) - lastAt(a));
    const waiting = drawer.episodes.filter(({ state }) => WAITING.includes(state));
    const shown = [...waiting, ...drawer.episodes.slice(waiting.length, waiting.length + 1)];
    app.morph(slots.episodes, shown.map((episode) => drawn(drawer, episode)));
    app.drawFoot(drawer, drawer.episodes[0] || null);
    app.drawGive(drawer);
  };

  /* The flag that the head of the drawer names already is not named again. */
  function drawn(drawer, episode) {
    const { page } = drawer;
    const { format } = page;
    const of = page.store.agent(episode.agent) || {};
    const head = app.make("div", "head");
    const isFirst = drawer.episodes[0] === episode;
    if (of.flag !== episode.rule) head.append(app.shape(app.flagShape(episode.rule)), app.make("b", "", format.word(`flag.${episode.rule}`)), since(page, episode));
    head.append(app.make("span", "state n", standing(page, episode)), app.make("span", "end n", isFirst ? seen(format, episode) : ""));
    const lines = [...episode.actions.map((one) => said(page, one)), ...coached(format, episode)];
    const box = app.make("div", `episode ${episode.state}`, head, ...lines.map((line) => app.make("p", "", line)));
    box.dataset.rule = episode.rule;
    return box;
  }

  const since = (page, { opened }) => app.make("span", "dim n", page.format.word("episode.from", { time: app.fullMoment(page, Date.parse(opened)) }));

  /* Who sees it beside the two of them: nobody. */
  const seen = (format, { agent, seen_by }) => format.word("episode.seen_by", { who: seen_by.filter((id) => id !== agent).join(", ") || app.UNKNOWN });

  function standing(page, { state, snoozed_until }) {
    const time = snoozed_until ? app.fullMoment(page, Date.parse(snoozed_until)) : "";
    return page.format.word(`episode.${state}`, { time }) || state;
  }

  /* 14:32, 8888: Acknowledged, … */
  app.didWords = said;
  function said(page, { kind, by, at, text, due, until, useful }) {
    const { format } = page;
    const what = format.word(`did.${kind}`, { time: until ? app.fullMoment(page, Date.parse(until)) : "", date: due ? due.slice(5, 10) : "" }) || kind;
    const figures = { time: app.fullMoment(page, Date.parse(at)), by: (by || app.UNKNOWN).replace(/^unverified:/, ""), what };
    const more = [...(text ? [format.word("episode.text", { text })] : []), ...(typeof useful === "boolean" ? [format.word(`episode.useful_${useful}`)] : [])];
    return format.word("episode.by", figures) + more.join("");
  }

  /* The ratio before coaching and after it, once there are enough shifts. */
  app.coached = coached;
  function coached(format, { coaching }) {
    return (coaching || []).filter(({ before }) => before).map(({ before, after }) => {
      const ratio = (side) => format.figure("ratio", side.peer);
      return after ? format.word("episode.coached", { before: ratio(before), after: ratio(after) }) : format.word("episode.coached_wait", { before: ratio(before) });
    });
  }

  /* kind: flag.acknowledged, …; more: {text, due, until, useful}. -> null, or the words of the refusal. The answer is the
     episode as it stands then; where counting takes long, what was done stands in it already. */
  app.actOnFlag = async function (drawer, episode, kind, more) {
    const { page, agent } = drawer;
    const body = JSON.stringify({ ref: episode.id, kind, ...more });
    const how = { method: "POST", headers: { "Content-Type": "application/json" }, body };
    const answer = await app.getJson(`/flags?as=${encodeURIComponent(acting())}`, how);
    if (answer.error) return page.format.word(`refused.${answer.error}`) || answer.message || page.format.word("drawer.unreachable");
    if (drawer.agent !== agent) return null;
    const done = { kind, by: acting(), at: new Date(page.fresh.nowMs()).toISOString(), ...more };
    const now = answer.counted ? answer : { ...episode, ...stateAfter(kind, more), actions: [...episode.actions, done] };
    drawer.flagsAsked = (drawer.flagsAsked || 0) + 1;
    drawer.episodes = drawer.episodes.map((one) => (one.id === episode.id ? now : one));
    app.drawFlags(drawer);
    return null;
  };

  function stateAfter(kind, { until }) {
    if (kind === "flag.acknowledged") return { state: "acknowledged" };
    return kind === "flag.snoozed" ? { state: "snoozed", snoozed_until: until } : {};
  }
})();
