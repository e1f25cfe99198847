/* The deducted calls of the drawer, and what may be done about each: the agent himself may appeal, somebody else decides.
   Until there is sign-in, who acts is said by ?as= in the page's own address; the server is who refuses, in words. */
(function () {
  "use strict";
  const app = (window.callfloorApp = window.callfloorApp || {});
  const SHAPES = { pending: "pending", recorded: "pending", confirmed: "yes", upheld: "yes", appealed: "clock" };
  const LONGEST = 500;

  const acting = () => new URLSearchParams(window.location.search).get("as");

  /* deducted: the term of the explanation; its records become rows whose effects add up to its value. appeals: by record.
     While somebody writes a reason the list waits. */
  app.drawCases = function (drawer, deducted, appeals) {
    const { page, slots, agent } = drawer;
    const records = deducted ? deducted.records : [];
    const drawing = JSON.stringify([agent, deducted, [...appeals]]);
    if (slots.cases.querySelector("form")) return (drawer.waiting = [deducted, appeals]);
    if (slots.cases.drawing === drawing) return undefined;
    slots.cases.drawing = drawing;
    slots.sum.textContent = sum(page.format, records, deducted);
    const rows = records.map((record) => row(drawer, record, appeals.get(record.id)));
    slots.cases.replaceChildren(...(rows.length ? rows : [el("p", "tiny", page.format.word(deducted && deducted.reason ? `missing.${deducted.reason}` : "drawer.none"))]));
    slots.hint.textContent = rows.length && !acting() ? page.format.word("drawer.hint") : "";
    return undefined;
  };

  function sum(format, records, deducted) {
    if (!deducted || !app.known(deducted.value)) return "";
    const of = (status) => records.filter((record) => record.status === status).reduce((total, { effect }) => total + effect, 0);
    const figures = { confirmed: of("confirmed"), pending: of("pending"), n: deducted.value };
    return format.word("drawer.sum", Object.fromEntries(Object.entries(figures).map(([name, n]) => [name, format.figure("count", n)])));
  }

  function row(drawer, record, appeal) {
    const { format } = drawer.page;
    const status = statusOf(record);
    const node = el("div", `case${record.effect ? "" : " gone-back"}`);
    node.dataset.ref = record.id;
    const id = el("span", "id n");
    id.append(el("bdi", "", record.kind === "day" ? record.date : record.id));
    id.title = record.id;
    const kind = record.kind === "day" ? format.word("drawer.day", { n: record.count }) : format.word(`kind.${record.kind}`) || record.kind;
    const word = el("span", "status", status ? format.word(`status.${status}`) || status : "");
    word.prepend(...(status ? [el("span", `g g-${SHAPES[status] || "away"}`)] : []));
    const time = el("span", "n time", record.kind === "day" || !record.time ? "" : format.time(Date.parse(record.time)));
    node.append(time, id, el("span", "", kind), word, el("span", "n effect", format.figure("gap_exact", -record.effect)));
    node.append(...below(drawer, record, status, appeal));
    return node;
  }

  /* The newest decision says more than the status it left. */
  function statusOf({ status, decisions }) {
    const last = decisions && decisions[decisions.length - 1];
    return last ? last.decision : status;
  }

  function below(drawer, record, status, appeal) {
    const choices = choicesOf(drawer.agent, record, status);
    const said = appeal ? standing(drawer.page.format, appeal) : "";
    return [...(said ? [el("p", "tiny said", said)] : []), ...(choices.length ? [actions(drawer, record, choices)] : [])];
  }

  /* Of an appeal: until when it has to be answered; once it is, when, by whom, before and after, and why. */
  function standing(format, { state, decide_by, decided, decided_by, before, after, reason }) {
    if (state === "open") return format.word("drawer.answer_by", { time: format.day(Date.parse(decide_by)) });
    const effect = (one) => (one && app.known(one.effect) ? format.figure("gap_exact", one.effect) : app.UNKNOWN);
    const by = (decided_by || app.UNKNOWN).replace(/^unverified:/, "");
    const figures = { time: format.time(Date.parse(decided)), by, before: effect(before), after: effect(after) };
    const head = figures.before === figures.after ? format.word("drawer.decided_same", figures) : format.word("drawer.decided", figures);
    return head + (reason ? format.word("drawer.because", { reason: format.cause(reason) }) : "");
  }

  /* One's own deduction may be appealed, another's open appeal decided; what is not permitted is not there. */
  function choicesOf(agent, { kind, effect }, status) {
    if (!acting() || !["complaint", "repeat_enquiry"].includes(kind)) return [];
    if (status === "appealed") return acting() === agent ? [] : ["overturned", "upheld"];
    const open = ["pending", "recorded", "confirmed"].includes(status);
    return acting() === agent && open && effect ? ["appeal"] : [];
  }

  function actions(drawer, record, choices) {
    const box = el("div", "acts");
    box.append(...choices.map((choice) => {
      const button = el("button", "btn sm quiet", drawer.page.format.word(`act.${choice}`));
      button.type = "button";
      button.dataset.act = choice;
      button.addEventListener("click", () => ask(drawer, record, choice, box));
      return button;
    }));
    return box;
  }

  /* The buttons give way to one line for the reason. */
  function ask(drawer, record, choice, box) {
    const { format } = drawer.page;
    const form = document.createElement("form");
    const text = el("input", "inp");
    Object.assign(text, { maxLength: LONGEST, required: choice !== "appeal", placeholder: format.word("drawer.reason") });
    text.setAttribute("aria-label", format.word("drawer.reason"));
    const send = el("button", "btn sm primary", format.word(`act.${choice}`));
    const cancel = el("button", "btn sm quiet", format.word("drawer.cancel"));
    cancel.type = "button";
    const problem = el("p", "problem");
    problem.setAttribute("role", "alert");
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
    if (drawer.waiting) app.drawCases(drawer, ...drawer.waiting);
    drawer.waiting = null;
  }

  /* The server answers once what was sent is counted, so what is asked for then is new. */
  async function submit(drawer, record, choice, { form, text, send, problem }) {
    const { format } = drawer.page;
    send.disabled = true;
    const answer = await post(drawer.agent, record, choice, text.value.trim());
    send.disabled = false;
    if (answer.error) {
      problem.textContent = format.word(`refused.${answer.error}`) || answer.message || format.word("drawer.unreachable");
      return;
    }
    app.drawAnew(drawer.box, () => form.replaceWith(el("p", "tiny said", format.word("drawer.waiting"))));
    drawer.waiting = null;
    await drawer.askAnew();
  }

  function post(agent, { id, kind }, choice, text) {
    const who = encodeURIComponent(acting());
    const [path, more] = choice === "appeal" ? ["/appeals", { text }] : ["/decisions", { decision: choice, reason: text }];
    const body = JSON.stringify({ agent, kind, ref: id, ...more });
    return app.getJson(`${path}?as=${who}`, { method: "POST", headers: { "Content-Type": "application/json" }, body });
  }

  function el(tag, className, text) {
    const node = document.createElement(tag);
    node.className = className || "";
    if (text !== undefined) node.textContent = text;
    return node;
  }
})();
