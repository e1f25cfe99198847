/* The foot of the drawer: what may be done about the flag that stands on top. What is not permitted is not there. */
(function () {
  "use strict";
  const app = (window.callfloorApp = window.callfloorApp || {});
  const WAITING = ["open", "snoozed"];
  const LONGEST = 500;
  const DUE_DAYS = 3;
  const MINUTE_MS = 60000;
  const SNOOZES = [30, 120, 1440];

  /* Made anew only for another flag or another state of it: what somebody is writing is not taken away. */
  app.drawFoot = function (drawer, episode) {
    const { slots, page } = drawer;
    const who = app.acting();
    const drawing = JSON.stringify([drawer.agent, who, episode && [episode.id, episode.state, hasOpenCoaching(episode)]]);
    if (slots.foot.drawing === drawing) return;
    slots.foot.drawing = drawing;
    drawer.acknowledge = () => undefined;
    const fill = (...nodes) => app.drawAnew(drawer.box, () => slots.foot.replaceChildren(...nodes));
    if (!episode) return fill();
    if (!who) return fill(app.make("p", "tiny", page.format.word("episode.hint")));
    const foot = { drawer, episode, format: page.format, problem: app.make("p", "problem") };
    foot.problem.setAttribute("role", "alert");
    return fill(...(who === drawer.agent ? contest(foot) : lead(foot)), foot.problem);
  };

  const hasOpenCoaching = ({ actions }) => {
    const newest = [...actions].reverse().find(({ kind }) => kind.startsWith("coaching."));
    return newest !== undefined && newest.kind === "coaching.planned";
  };

  function contest(foot) {
    const text = field(foot, "contest_text");
    text.addEventListener("keydown", (event) => event.key === "Enter" && send(foot, "flag.contested", () => wanted(text)));
    return [row(text, button(foot, "contest", "", () => send(foot, "flag.contested", () => wanted(text))))];
  }

  function lead(foot) {
    const note = field(foot, "note_text");
    const saveNote = () => send(foot, "flag.noted", () => wanted(note));
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
    const plan = () => send(foot, "coaching.planned", () => wanted(text, due) && { text: text.value.trim(), due: due.value });
    text.addEventListener("keydown", (event) => event.key === "Enter" && plan());
    return row(text, due, button(foot, "plan", "quiet", plan, "coaching_text"));
  }

  /* Acknowledging takes along what was noted. */
  function decisions(foot, note) {
    const { drawer, episode } = foot;
    const buttons = [];
    if (WAITING.includes(episode.state)) {
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

  /* One at a time; the buttons rest until the server has answered. what: makes the rest of the body, or nothing. */
  async function send({ drawer, episode, problem }, kind, what) {
    const more = what();
    if (!more || drawer.acting) return;
    drawer.acting = true;
    problem.textContent = "";
    const refused = await app.actOnFlag(drawer, episode, kind, more);
    drawer.acting = false;
    if (refused) problem.textContent = refused;
    else if (more.text) for (const one of drawer.slots.foot.querySelectorAll("input:not([type=date])")) one.value = "";
  }

  function wanted(...fields) {
    const empty = fields.find((one) => !one.value.trim());
    if (empty) empty.focus();
    return empty ? null : { text: fields[0].value.trim() };
  }

  function field({ format }, name) {
    const input = app.make("input", "inp");
    Object.assign(input, { maxLength: LONGEST, placeholder: format.word(`do.${name}`) });
    input.setAttribute("aria-label", format.word(`do.${name}`));
    return input;
  }

  /* of: what a short word belongs to, for those who do not see where it stands. */
  function button({ format }, name, kind, act, of) {
    const made = app.make("button", `btn ${kind}`, format.word(`do.${name}`));
    made.type = "button";
    made.dataset.act = name;
    if (of) made.setAttribute("aria-label", `${format.word(`do.${name}`)}, ${format.word(`do.${of}`)}`);
    made.addEventListener("click", act);
    return made;
  }

  const row = (...nodes) => app.make("div", "row", ...nodes);
})();
