/* On an agent's own page: the closed months, newest first, each with its grade, the last day for an appeal, and the state of an
   appeal. */
(function () {
  "use strict";
  const app = (window.callfloorApp = window.callfloorApp || {});

  app.drawMySheets = function (self) {
    const { view, slots } = self;
    const appeals = new Map(view.appeals.filter(({ kind }) => kind === "sheet").map((one) => [one.ref, one]));
    const sheets = view.sheets || [];
    slots.sheets.closest("section").classList.toggle("off", !sheets.length);
    if (self.form && slots.sheets.querySelector("form")) return;
    app.morph(slots.sheets, sheets.map((sheet) => row(self, sheet, appeals.get(sheet.month))));
  };

  function row(self, sheet, appeal) {
    const { page, form } = self;
    const { format } = page;
    const node = app.make("li", "sheet");
    node.dataset.ref = sheet.month;
    const grade = sheet.grade ? format.word("me.sheet_grade", { grade: sheet.grade }) : app.UNKNOWN;
    const signed = format.word("me.sheet_signed", { date: format.day(Date.parse(sheet.closed)) });
    node.append(app.make("span", "n when-at", sheet.month), app.make("span", "kd n", format.word("me.sheet_net", { n: format.figure("count", sheet.net) })));
    node.append(app.make("span", "s n", grade), app.make("span", "n dim signed", signed), app.make("span", "act", ...deed(self, sheet, appeal)));
    if (appeal && appeal.state !== "open") node.append(app.make("p", "tiny said n", decided(page, appeal)));
    if (form && form.act === "appeal" && form.ref === sheet.month) node.append(app.myForm(self));
    return node;
  }

  function deed({ page, form }, { month, may_appeal, appeal_day }, appeal) {
    const { format } = page;
    if (appeal && appeal.state === "open") return [app.make("span", "n", `${format.word("status.appealed")} · ${format.word("drawer.answer_by", { time: format.day(Date.parse(appeal.decide_by)) })}`)];
    if (appeal) return [app.make("span", "", format.word(`me.sheet_${appeal.state}`))];
    if (!may_appeal) return [app.make("span", "n dimmer", format.word("me.over"))];
    const until = app.make("span", "n", format.word("me.until", { date: appeal_day.slice(5) }));
    return form && form.ref === month ? [until] : [until, app.myButton(format.word("act.appeal"), "appeal", month)];
  }

  /* When, by whom, and why. */
  function decided(page, { decided: at, decided_by, reason }) {
    const head = page.format.word("me.by", { time: app.fullMoment(page, Date.parse(at)), by: app.actorName(decided_by) });
    return head + (reason ? page.format.word("drawer.because", { reason }) : "");
  }
})();
