/* In the drawer, under the charts: feedback to the agent, given by whoever leads. It stands on the agent's own page, where he
   says that he has read it or sees it differently. Nothing is judged by it, and nobody gives it to himself. */
(function () {
  "use strict";
  const app = (window.callfloorApp = window.callfloorApp || {});
  const LONGEST = 500;

  /* Made anew only for another agent: what somebody is writing is not taken away. */
  app.drawGive = function (drawer) {
    const { box, agent } = drawer;
    const who = app.acting();
    const place = box.querySelector(".give") || box.querySelector(".db").appendChild(app.make("div", "give"));
    if (place.dataset.agent === String(agent)) return;
    place.dataset.agent = String(agent);
    place.replaceChildren(...(who && agent !== null && who !== agent ? form(drawer.page, agent, who) : []));
  };

  function form({ format }, agent, who) {
    const made = app.make("form", "row");
    const text = app.make("input", "inp");
    const button = app.make("button", "btn sm", format.word("me.give"));
    const said = app.make("p", "tiny");
    for (const [name, value] of Object.entries({ maxlength: LONGEST, required: "", placeholder: format.word("me.give_text"), "aria-label": format.word("me.give_text") })) text.setAttribute(name, value);
    said.setAttribute("role", "status");
    made.append(text, button);
    made.addEventListener("submit", (event) => {
      event.preventDefault();
      send(format, { agent, who, text, button, said });
    });
    return [app.make("div", "sec", app.make("span", "", format.word("me.give_title"))), made, said];
  }

  async function send(format, { agent, who, text, button, said }) {
    if (!text.value.trim() || button.disabled) return;
    button.disabled = true;
    const body = JSON.stringify({ kind: "feedback.given", agent, text: text.value.trim() });
    const how = { method: "POST", headers: { "Content-Type": "application/json" }, body };
    const answer = await app.getJson(`/feedback?as=${encodeURIComponent(who)}`, how);
    button.disabled = false;
    const refused = answer.error && (format.word(`refused.${answer.error}`) || answer.message || format.word("drawer.unreachable"));
    if (!answer.error) text.value = "";
    app.writeText(said, refused || format.word("me.given"));
    said.classList.toggle("problem", Boolean(refused));
  }
})();
