/* The deducted calls in the drawer, and the acts on each: the agent may appeal, somebody else decides. The server refuses what is
   not permitted, in words. */
(function () {
  "use strict";
  const app = (window.callfloorApp = window.callfloorApp || {});

  /* deducted: the term of the explanation; its records become rows whose effects add up to its value. appeals: by record.
     While somebody writes a reason the list waits. */
  app.drawDeductions = function (drawer, deducted, appeals) {
    const { page, slots, agent } = drawer;
    const records = deducted ? deducted.records : [];
    const drawing = JSON.stringify([agent, deducted, [...appeals]]);
    if (slots.cases.querySelector("form")) return (drawer.waiting = [deducted, appeals]);
    if (slots.cases.drawing === drawing) return undefined;
    slots.cases.drawing = drawing;
    slots.sum.textContent = sum(page.format, records, deducted);
    const rows = records.map((record) => row(drawer, record, appeals.get(record.id)));
    slots.cases.replaceChildren(...(rows.length ? rows : [app.make("p", "tiny", page.format.word(deducted && deducted.reason ? `missing.${deducted.reason}` : "drawer.none"))]));
    return undefined;
  };

  function sum(format, records, deducted) {
    if (!deducted || !app.isKnown(deducted.value)) return "";
    const sumOf = (status) => records.filter((record) => record.status === status).reduce((total, { effect }) => total + effect, 0);
    const figures = { confirmed: sumOf("confirmed"), pending: sumOf("pending"), n: deducted.value };
    return format.word("drawer.sum", Object.fromEntries(Object.entries(figures).map(([name, n]) => [name, format.figure("count", n)])));
  }

  function row(drawer, record, appeal) {
    const { format } = drawer.page;
    const status = statusOf(record);
    const node = app.make("div", `case${record.effect ? "" : " gone-back"}`);
    node.dataset.ref = record.id;
    const id = app.make("span", "id n");
    id.append(app.make("bdi", "", record.kind === "day" ? record.date : record.id));
    id.title = record.id;
    const kind = record.kind === "day" ? format.word("drawer.day", { n: record.count }) : format.word(`kind.${record.kind}`) || record.kind;
    const word = app.make("span", "status", status ? format.word(`status.${status}`) || status : "");
    word.prepend(...(status ? [app.makeShape(app.statusShape(status))] : []));
    const time = app.make("span", "n time", record.kind === "day" || !record.time ? "" : format.time(Date.parse(record.time)));
    node.append(time, id, app.make("span", "", kind), word, app.make("span", "n effect", format.figure("gap_exact", -record.effect)));
    node.append(...below(drawer, record, status, appeal));
    return node;
  }

  /* The newest decision says more than the status that followed from it. */
  function statusOf({ status, decisions }) {
    const last = decisions && decisions[decisions.length - 1];
    return last ? last.decision : status;
  }

  function below(drawer, record, status, appeal) {
    const choices = choicesOf(drawer.agent, record, status);
    const words = appeal ? standing(drawer.page.format, appeal) : "";
    return [...(words ? [app.make("p", "tiny said", words)] : []), ...(choices.length ? [actions(drawer, record, choices)] : [])];
  }

  /* The deadline of an open appeal, or the decision. */
  function standing(format, appeal) {
    if (appeal.state === "open") return format.word("drawer.answer_by", { time: format.day(Date.parse(appeal.decide_by)) });
    return app.decisionWords(format, appeal, format.time(Date.parse(appeal.decided)), "gap_exact");
  }

  /* Agents may appeal their own deductions; who decides appeals decides those of others. A button appears only where the act is permitted. */
  function choicesOf(agent, { kind, effect }, status) {
    if (!["complaint", "repeat_enquiry"].includes(kind)) return [];
    if (status === "appealed") return app.mayDecide(agent) ? ["overturned", "upheld"] : [];
    const open = ["pending", "recorded", "confirmed"].includes(status);
    return app.ownAgent() === agent && open && effect ? ["appeal"] : [];
  }

  function actions(drawer, record, choices) {
    const box = app.make("div", "acts");
    box.append(...choices.map((choice) => {
      const button = app.makeButton("btn sm quiet", drawer.page.format.word(`act.${choice}`), { act: choice });
      button.addEventListener("click", () => ask(drawer, record, choice, box));
      return button;
    }));
    return box;
  }

  /* One line for the reason replaces the buttons. */
  function ask(drawer, record, choice, box) {
    const { format } = drawer.page;
    const form = app.make("form");
    const text = app.makeField(format.word("drawer.reason"), choice !== "appeal");
    const send = app.make("button", "btn sm primary", format.word(`act.${choice}`));
    const cancel = app.makeButton("btn sm quiet", format.word("drawer.cancel"));
    const problem = app.makeProblem();
    form.append(text, send, cancel, problem);
    const close = () => shut(drawer, form, box);
    cancel.addEventListener("click", close);
    text.addEventListener("keydown", ({ key }) => key === "Escape" && close());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      submit(drawer, record, choice, { form, text, send, problem });
    });
    box.replaceWith(form);
    text.focus();
  }

  function shut(drawer, form, box) {
    form.replaceWith(box);
    box.querySelector("button").focus();
    if (drawer.waiting) app.drawDeductions(drawer, ...drawer.waiting);
    drawer.waiting = null;
  }

  /* The server answers once the act is counted, so the next explanation contains it. */
  async function submit(drawer, record, choice, { form, text, send, problem }) {
    const { format } = drawer.page;
    const [path, more] = choice === "appeal" ? ["/appeals", { text: text.value.trim() }] : ["/decisions", { decision: choice, reason: text.value.trim() }];
    send.disabled = true;
    const answer = await app.postJson(path, { agent: drawer.agent, kind: record.kind, ref: record.id, ...more });
    send.disabled = false;
    if (answer.error) return void (problem.textContent = app.refusalText(format, answer));
    app.keepFocusWithin(drawer.box, () => form.replaceWith(app.make("p", "tiny said", format.word("drawer.waiting"))));
    drawer.waiting = null;
    await drawer.askAnew();
  }
})();
