/* In the drawer: the flags of an agent, every act on them, and the acts that are possible now. A flag is a prompt for a
   conversation: leads acknowledge, snooze, note and coach; the agent contests. An act appears once the server has it. */
(function () {
  "use strict";
  const app = (window.callfloorApp = window.callfloorApp || {});
  const DUE_DAYS = 3;
  const MINUTE_MS = 60000;
  const SNOOZES = [30, 120, 1440];

  /* Asks for the flags of the agent in the drawer, and draws them. */
  app.askFlags = async function (drawer) {
    if (!drawer.page.judged || drawer.agent === null) return;
    const { agent } = drawer;
    const asked = (drawer.flagsAsked = (drawer.flagsAsked || 0) + 1);
    const answer = await app.getJson("/flags", { agent });
    if (drawer.agent !== agent || asked !== drawer.flagsAsked) return;
    if (answer.error) return unreachable(drawer);
    drawer.episodes = answer.flags;
    app.drawFlags(drawer);
  };

  /* Flags on the page stay; where there are none yet, an empty list would look like the answer. */
  function unreachable({ page, slots, episodes }) {
    if (!episodes.length) app.morph(slots.episodes, [app.make("p", "problem", page.format.word("episode.unreachable"))]);
  }

  const lastAt = ({ actions, opened }) => Math.max(...[opened, ...actions.map(({ at }) => at)].map((time) => Date.parse(time)));

  /* Flags that wait, then the newest that is done, with what was agreed. */
  app.drawFlags = function (drawer) {
    const { page, slots } = drawer;
    if (!page.judged) return;
    drawer.episodes.sort((a, b) => app.episodeRank(a) - app.episodeRank(b) || lastAt(b) - lastAt(a));
    const waiting = drawer.episodes.filter(app.isWaiting);
    const listed = [...waiting, ...drawer.episodes.slice(waiting.length, waiting.length + 1)];
    app.morph(slots.episodes, listed.map((episode) => episodeBox(drawer, episode)));
    drawActs(drawer, drawer.episodes[0] || null);
    app.drawFeedbackForm(drawer);
  };

  /* The head of the drawer names its flag already, so the list does not name it again. */
  function episodeBox(drawer, episode) {
    const { page } = drawer;
    const { format } = page;
    const of = page.store.agent(episode.agent) || {};
    const head = app.make("div", "head");
    const isFirst = drawer.episodes[0] === episode;
    if (of.flag !== episode.rule) head.append(app.makeShape(app.flagShape(episode.rule)), app.make("b", "", format.word(`flag.${episode.rule}`)), app.make("span", "dim n", app.sinceWords(page, Date.parse(episode.opened))));
    head.append(app.make("span", "state n", standing(page, episode)), app.make("span", "end n", isFirst ? readersWords(format, episode) : ""));
    const lines = [...episode.actions.map((one) => app.actionWords(page, one)), ...app.coachingWords(format, episode)];
    const box = app.make("div", `episode ${episode.state}`, head, ...lines.map((line) => app.make("p", "", line)));
    box.dataset.rule = episode.rule;
    return box;
  }

  /* Who sees the flag, besides the agent. */
  const readersWords = (format, { agent, seen_by }) => format.word("episode.seen_by", { who: seen_by.filter((id) => id !== agent).join(", ") || app.UNKNOWN });

  function standing(page, { state, snoozed_until }) {
    const time = snoozed_until ? app.fullMoment(page, Date.parse(snoozed_until)) : "";
    return page.format.word(`episode.${state}`, { time }) || state;
  }

  /* kind: flag.acknowledged, …; more: {text, due, until, useful}. -> null, or the words of the refusal. The answer is the
     episode after the act; where counting takes long, the act is added here. */
  async function sendAct(drawer, episode, kind, more) {
    const { page, agent } = drawer;
    const answer = await app.postJson("/flags", { ref: episode.id, kind, ...more });
    if (answer.error) return app.refusalText(page.format, answer);
    if (drawer.agent !== agent) return null;
    const done = { kind, by: app.viewerName(), at: new Date(page.fresh.nowMs()).toISOString(), ...more };
    const now = answer.counted ? answer : { ...episode, ...stateAfter(kind, more), actions: [...episode.actions, done] };
    drawer.flagsAsked = (drawer.flagsAsked || 0) + 1;
    drawer.episodes = drawer.episodes.map((one) => (one.id === episode.id ? now : one));
    app.drawFlags(drawer);
    return null;
  }

  function stateAfter(kind, { until }) {
    if (kind === "flag.acknowledged") return { state: "acknowledged" };
    return kind === "flag.snoozed" ? { state: "snoozed", snoozed_until: until } : {};
  }

  /* --- the foot of the drawer: the acts that the top flag permits --- */

  /* Recreated only for another flag or another state of it, so that nobody loses what they are writing. */
  function drawActs(drawer, episode) {
    const { slots, page } = drawer;
    const drawing = JSON.stringify([drawer.agent, episode && [episode.id, episode.state, hasOpenCoaching(episode)]]);
    if (slots.foot.drawing === drawing) return;
    slots.foot.drawing = drawing;
    drawer.acknowledge = () => undefined;
    const fill = (...nodes) => app.keepFocusWithin(drawer.box, () => slots.foot.replaceChildren(...nodes));
    if (!episode) return fill();
    const foot = { drawer, episode, format: page.format, problem: app.makeProblem() };
    return fill(...(app.ownAgent() === drawer.agent ? contest(foot) : lead(foot)), foot.problem);
  }

  const hasOpenCoaching = ({ actions }) => {
    const newest = [...actions].reverse().find(({ kind }) => kind.startsWith("coaching."));
    return newest !== undefined && newest.kind === "coaching.planned";
  };

  function contest(foot) {
    const text = field(foot, "contest_text");
    text.addEventListener("keydown", (event) => event.key === "Enter" && send(foot, "flag.contested", () => textIn(text)));
    return [row(text, button(foot, "contest", "", () => send(foot, "flag.contested", () => textIn(text))))];
  }

  function lead(foot) {
    const note = field(foot, "note_text");
    const saveNote = () => send(foot, "flag.noted", () => textIn(note));
    note.addEventListener("keydown", (event) => event.key === "Enter" && saveNote());
    const first = row(note, button(foot, "note", "quiet", saveNote, "note_text"));
    return [first, coaching(foot), decisions(foot, note)];
  }

  function coaching(foot) {
    const { drawer, format } = foot;
    const text = field(foot, "coaching_text");
    const due = field(foot, "due");
    due.type = "date";
    due.value = format.isoDay(drawer.page.fresh.nowMs() + DUE_DAYS * 86400000);
    const plan = () => send(foot, "coaching.planned", () => textIn(text, due) && { text: text.value.trim(), due: due.value });
    text.addEventListener("keydown", (event) => event.key === "Enter" && plan());
    return row(text, due, button(foot, "plan", "quiet", plan, "coaching_text"));
  }

  /* An acknowledgement takes the text of the note along. */
  function decisions(foot, note) {
    const { drawer, episode } = foot;
    const buttons = [];
    if (app.isWaiting(episode)) {
      const useful = choice(foot, "useful", ["", "true", "false"]);
      const acknowledge = () => send(foot, "flag.acknowledged", () => ({ ...textOf(note), ...usefulOf(useful) }));
      drawer.acknowledge = acknowledge;
      buttons.push(button(foot, "acknowledge", "primary", acknowledge), useful, ...snooze(foot));
    }
    if (hasOpenCoaching(episode)) buttons.push(button(foot, "coached", "", () => send(foot, "coaching.closed", () => ({}))));
    return row(...buttons);
  }

  const textOf = (note) => (note.value.trim() ? { text: note.value.trim() } : {});
  const usefulOf = ({ value }) => (value ? { useful: value === "true" } : {});

  function choice({ format }, name, values) {
    const choose = app.make("select", "inp");
    choose.setAttribute("aria-label", format.word(`do.${name}`));
    choose.dataset.choice = name;
    for (const value of values) choose.append(new Option(format.word(`${name}.${value || "unsaid"}`), value));
    return choose;
  }

  function snooze(foot) {
    const { drawer } = foot;
    const choose = choice(foot, "snooze", SNOOZES);
    const until = () => ({ until: new Date(drawer.page.fresh.nowMs() + Number(choose.value) * MINUTE_MS).toISOString() });
    return [button(foot, "snooze", "", () => send(foot, "flag.snoozed", until)), choose];
  }

  /* One act at a time; the buttons rest until the server answers. what: makes the rest of the body, or null. */
  async function send({ drawer, episode, problem }, kind, what) {
    const more = what();
    if (!more || drawer.acting) return;
    drawer.acting = true;
    problem.textContent = "";
    const refused = await sendAct(drawer, episode, kind, more);
    drawer.acting = false;
    if (refused) problem.textContent = refused;
    else if (more.text) for (const one of drawer.slots.foot.querySelectorAll("input:not([type=date])")) one.value = "";
  }

  function textIn(...fields) {
    const empty = fields.find((one) => !one.value.trim());
    if (empty) empty.focus();
    return empty ? null : { text: fields[0].value.trim() };
  }

  const field = ({ format }, name) => app.makeField(format.word(`do.${name}`));

  /* of: the field that a short word belongs to, for readers who cannot see where it stands. */
  function button({ format }, name, kind, onClick, of) {
    const made = app.makeButton(`btn ${kind}`, format.word(`do.${name}`), { act: name });
    if (of) made.setAttribute("aria-label", `${format.word(`do.${name}`)}, ${format.word(`do.${of}`)}`);
    made.addEventListener("click", onClick);
    return made;
  }

  const row = (...nodes) => app.make("div", "row", ...nodes);
})();
