/* On an agent's own page: every record that takes calls or gives points, its status and effect, the last day for an appeal, and the
   state of an appeal. */
(function () {
  "use strict";
  const app = (window.callfloorApp = window.callfloorApp || {});
  const FEW = 5;

  app.drawMyRecords = function (self) {
    const { page, view, slots } = self;
    const { format } = page;
    const { deducted, pending } = view.month;
    app.writeText(slots.sum, app.isKnown(deducted) ? format.word("me.sum", { n: format.figure("count", deducted), pending: format.figure("count", pending) }) : "");
    const appeals = new Map(view.appeals.map((one) => [one.ref, one]));
    const shown = self.all ? view.records : few(view.records, appeals);
    if (!slots.records.querySelector("form") || !self.form) {
      const rows = shown.map((record) => row(self, record, appeals.get(record.id)));
      app.morph(slots.records, rows.length ? rows : [app.make("li", "none", format.word((self.view.month.reasons || []).includes("no_complaint_source") ? "missing.no_complaint_source" : "me.none"))]);
    }
    app.morph(slots.all, view.records.length > FEW ? [more(self, view.records.length)] : []);
  };

  /* The newest open appeals, then deductions, then the rest; listed in the order of time. */
  function few(records, appeals) {
    const rank = ({ id, of }) => ((appeals.get(id) || {}).state === "open" ? 0 : of === "deducted" ? 1 : 2);
    const chosen = new Set([...records].sort((a, b) => rank(a) - rank(b)).slice(0, FEW));
    return records.filter((record) => chosen.has(record));
  }

  function more({ page, all }, n) {
    const button = app.makeButton("btn sm", all ? page.format.word("me.fewer") : page.format.word("me.all", { n: page.format.figure("count", n) }), { do: "all" });
    button.setAttribute("aria-expanded", String(all));
    return button;
  }

  function row(self, record, appeal) {
    const { page } = self;
    const { format } = page;
    const gone = record.of === "deducted" && !record.effect;
    const node = app.make("li", `ro${gone ? " gone-back" : ""}`);
    node.dataset.ref = record.id;
    const time = record.kind === "day" ? record.date.slice(5) : app.fullMoment(page, Date.parse(record.time));
    const kind = app.make("span", "kd", ...named(format, record));
    node.append(app.make("span", "n dim when-at", time), app.make("span", "n dim cid", app.make("bdi", "", record.kind === "day" ? "" : record.id)), kind);
    node.append(status(format, record), app.make("span", `e n${record.of === "points" ? " pts" : ""}`, effect(format, record)));
    node.append(app.make("span", "act", ...deed(self, record, appeal)));
    const words = appeal ? standing(page, appeal, record) : "";
    if (words) node.append(app.make("p", "tiny said n", words));
    if (self.form && self.form.act === "appeal" && self.form.ref === record.id) node.append(app.myForm(self));
    return node;
  }

  function named(format, { kind, count, reason }) {
    const word = kind === "day" ? format.word("drawer.day", { n: count }) : format.word(`kind.${kind}`) || format.word(`me.${kind}`) || kind;
    return reason ? [word, app.make("span", "why2", format.cause(reason))] : [word];
  }

  function status(format, { kind, status: code }) {
    if (!code) return app.make("span", "s");
    const word = (kind === "complaint" || kind === "repeat_enquiry" ? format.word(`status.${code}`) : format.word(`me.${code}`)) || code;
    return app.make("span", "s", app.makeShape(app.statusShape(code)), word);
  }

  function effect(format, { of, kind, effect: value }) {
    if (of === "deducted") return format.figure("gap_exact", value);
    if (kind === "evaluation") return format.word("me.points", { n: format.figure("score", value) });
    return format.word("me.points", { n: format.figure("gap_exact", value) });
  }

  /* The last day for an appeal with its button, or the outcome. */
  function deed({ page, form }, { id, may_appeal, appeal_day, of, effect: value, decided }, appeal) {
    const { format } = page;
    if (appeal) return appeal.state === "open" ? [app.make("span", "n", format.word("drawer.answer_by", { time: format.day(Date.parse(appeal.decide_by)) }))] : [];
    if (of === "deducted" && !value && decided) return [app.make("span", "n", format.word("me.back", { time: app.fullMoment(page, Date.parse(decided)) }))];
    if (!appeal_day) return [];
    if (!may_appeal) return [app.make("span", "n dimmer", format.word("me.over"))];
    const until = app.make("span", "n", format.word("me.until", { date: appeal_day.slice(5) }));
    return form && form.ref === id ? [until] : [until, app.myButton(format.word("act.appeal"), "appeal", id)];
  }

  function standing(page, appeal, record) {
    if (appeal.state === "open") return "";
    return app.decisionWords(page.format, appeal, app.fullMoment(page, Date.parse(appeal.decided)), record.of === "deducted" ? "gap_exact" : "score");
  }
})();
