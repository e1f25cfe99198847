/* In the drawer, under the charts: feedback to the agent, given by whoever leads. It stands on the agent's own page, where he
   says that he has read it or sees it differently. Nothing is judged by it, and nobody gives it to himself. */
(function () {
  "use strict";
  const app = (window.callfloorApp = window.callfloorApp || {});

  /* Made anew only for another agent: what somebody is writing is not taken away. */
  app.drawFeedbackForm = function (drawer) {
    const { box, agent } = drawer;
    const who = app.actingId();
    const place = box.querySelector(".give") || box.querySelector(".db").appendChild(app.make("div", "give"));
    if (place.dataset.agent === String(agent)) return;
    place.dataset.agent = String(agent);
    place.replaceChildren(...(who && agent !== null && who !== agent ? form(drawer.page, agent) : []));
  };

  function form({ format }, agent) {
    const made = app.make("form", "row");
    const text = app.makeField(format.word("me.give_text"), true);
    const button = app.make("button", "btn sm", format.word("me.give"));
    const said = app.make("p", "tiny");
    said.setAttribute("role", "status");
    made.append(text, button);
    made.addEventListener("submit", (event) => {
      event.preventDefault();
      send(format, { agent, text, button, said });
    });
    return [app.make("div", "sec", app.make("span", "", format.word("me.give_title"))), made, said];
  }

  async function send(format, { agent, text, button, said }) {
    if (!text.value.trim() || button.disabled) return;
    button.disabled = true;
    const answer = await app.postJson("/feedback", { kind: "feedback.given", agent, text: text.value.trim() });
    button.disabled = false;
    if (!answer.error) text.value = "";
    app.writeText(said, answer.error ? app.refusalText(format, answer) : format.word("me.given"));
    said.classList.toggle("problem", Boolean(answer.error));
  }
})();
