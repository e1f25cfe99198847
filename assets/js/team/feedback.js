/* In the drawer, under the charts: feedback from a lead to the agent. The agent reads it on their own page, and says there that
   they have read it or see it differently. Nothing is judged by it, and nobody gives feedback to themselves. */
(function () {
  "use strict";
  const app = (window.callfloorApp = window.callfloorApp || {});

  /* Recreated only for another agent, so that nobody loses what they are writing. */
  app.drawFeedbackForm = function (drawer) {
    const { box, agent } = drawer;
    const slot = box.querySelector(".give") || box.querySelector(".db").appendChild(app.make("div", "give"));
    if (slot.dataset.agent === String(agent)) return;
    slot.dataset.agent = String(agent);
    slot.replaceChildren(...(agent !== null && app.ownAgent() !== agent ? form(drawer.page, agent) : []));
  };

  function form({ format }, agent) {
    const made = app.make("form", "row");
    const text = app.makeField(format.word("me.give_text"), true);
    const button = app.make("button", "btn sm", format.word("me.give"));
    const note = app.make("p", "tiny");
    note.setAttribute("role", "status");
    made.append(text, button);
    made.addEventListener("submit", (event) => {
      event.preventDefault();
      send(format, { agent, text, button, note });
    });
    return [app.make("div", "sec", app.make("span", "", format.word("me.give_title"))), made, note];
  }

  async function send(format, { agent, text, button, note }) {
    if (!text.value.trim() || button.disabled) return;
    button.disabled = true;
    const answer = await app.postJson("/feedback", { kind: "feedback.given", agent, text: text.value.trim() });
    button.disabled = false;
    if (!answer.error) text.value = "";
    app.writeText(note, answer.error ? app.refusalText(format, answer) : format.word("me.given"));
    note.classList.toggle("problem", Boolean(answer.error));
  }
})();
