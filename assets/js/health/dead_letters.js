/* On /health: dead letters by reason, their replay, and its progress. Only the form of a record's content is on the page. */
(function () {
  "use strict";
  const app = (window.callfloorApp = window.callfloorApp || {});

  app.startLetters = function (self) {
    self.box.addEventListener("click", ({ target }) => {
      const button = target.closest("[data-replay]");
      if (button) send(self, button.dataset.replay);
    });
  };

  app.drawLetters = function (self) {
    const { box, report } = self;
    const letters = report.dead_letters;
    const rows = (letters || []).map((of) => row(self, of));
    const waits = (letters || []).filter(({ waiting, by_rebuild: never }) => waiting && !never).length;
    app.morph(box.querySelector("#letters"), [...rows, ...(waits > 1 ? [allRow(self)] : [])]);
    box.querySelector("table.letters").classList.toggle("off", !rows.length);
    app.writeText(box.querySelector("#letters-none"), noteUnder(self, letters, rows.length));
    app.writeText(box.querySelector("#letters-run"), report.replay ? replayWords(self, report.replay) : "");
    box.querySelector("#letters-run").classList.toggle("fault", Boolean(report.replay && report.replay.error));
  };

  const noteUnder = ({ format }, letters, rows) => (letters === null ? format.word("letters.unknown") : rows ? "" : format.word("letters.none"));

  const reasonOf = ({ format }, reason) => format.word(`letters.${reason}`) || reason;

  function row(self, of) {
    const { format, report } = self;
    const cell = (name, ...children) => app.make("td", name, ...children);
    const count = (name, value) => cell(name, format.figure("count", value));
    const newest = of.newest ? app.healthMoment(self, of.newest) : app.UNKNOWN;
    const form = of.shape === null ? [of.newest ? format.word("letters.no_shape") : app.UNKNOWN] : [app.make("code", "", of.shape)];
    const place = of.place ? [app.make("span", "place", of.place)] : [];
    const may = of.waiting && !of.by_rebuild;
    const line = app.make("tr", "", cell("reason", app.make("b", "", reasonOf(self, of.reason))), count("waiting", of.waiting), count("again", of.again), count("lost", of.gone), cell("newest", newest));
    line.append(cell("wrong", of.field || app.UNKNOWN), cell("shape", ...form, ...place), cell("replay", ...(of.by_rebuild ? [format.word("letters.by_rebuild")] : may ? [button(self, of.reason, format.word("letters.replay"), report, reasonOf(self, of.reason))] : [])));
    line.dataset.reason = of.reason;
    return line;
  }

  function button({ sending }, reason, text, { replay }, name) {
    const made = app.makeButton("btn sm", text, { replay: reason });
    if (reason) made.setAttribute("aria-label", `${text}: ${name}`);
    made.toggleAttribute("disabled", Boolean(sending || (replay && replay.running)));
    return made;
  }

  function allRow(self) {
    const cell = app.make("td", "replay", button(self, "", self.format.word("letters.all"), self.report));
    cell.setAttribute("colspan", "8");
    return app.make("tr", "all", cell);
  }

  /* The progress or the end of the newest replay. */
  function replayWords(self, { by, reason, total, sent, same, gone, began, ended, running, error }) {
    const { format } = self;
    const count = (n) => format.figure("count", n);
    const extra = (key, n) => (n ? format.word(key, { n: count(n) }) : "");
    const figures = { by: app.actorName(by), total: count(total), sent: count(sent), done: count(sent + same + gone) };
    if (running) return format.word("letters.running", figures);
    const of = reason ? format.word("letters.of", { reason: reasonOf(self, reason) }) : "";
    const whole = { ...figures, of, time: app.healthMoment(self, ended || began), same: extra("letters.same", same), gone: extra("letters.gone_n", gone) };
    const text = format.word(total || error ? "letters.ended" : "letters.nothing", whole);
    return error ? `${text} ${format.word(`letters.${error}`)}` : text;
  }

  async function send(self, reason) {
    const { box, format } = self;
    const problem = box.querySelector("#letters-problem");
    self.sending = true;
    app.drawLetters(self);
    const answer = await app.postJson("/letters", { reason: reason || null });
    self.sending = false;
    app.writeText(problem, answer.error ? format.word(`letters.${answer.error}`) || app.refusalText(format, { error: answer.error }, "letters.refused") : "");
    if (!answer.error) self.report = { ...self.report, replay: answer };
    app.drawLetters(self);
    await self.ask();
  }
})();
