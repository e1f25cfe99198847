/* In the drawer: how an agent stands, from raw to judged, the sentence that can be read aloud, the exact figures. */
(function () {
  "use strict";
  const app = (window.callfloorApp = window.callfloorApp || {});

  /* of: the agent's row. Where the page judges nobody there is nothing to fill. */
  app.drawJudgement = function (drawer, of) {
    const { page, slots } = drawer;
    if (!page.judged) return;
    const hidden = page.fresh.state() === "hidden";
    const code = hidden ? "" : codeOf(of);
    verdict(page, slots, of, code);
    steps(page, slots, hidden ? {} : { ...page.evidence.of(of.id), peer: of.peer, ...app.curveEnd(drawer) });
    write(slots.said, code ? app.said(page, of, code) : "");
    app.morph(slots.exact, (code ? app.exactly(page, of, code, false) : []).map((text) => app.make("span", "n", text)));
  };

  const codeOf = (of) => of.flag || (of.assessed === false ? "not_assessed" : of.verdict || "no_verdict");

  function verdict(page, slots, of, code) {
    const { format } = page;
    slots.verdict.className = `verdict ${code}`;
    app.morph(slots.verdict, code ? [app.shape(app.flagShape(code)), app.make("span", "", format.word(`flag.${code}`))] : []);
    const since = of.flag && app.known(of.flag_since) && code ? format.word("episode.from", { time: fullMoment(page, of.flag_since) }) : "";
    write(slots.since, since);
  }

  /* 11-19 10:20; of today the time alone. */
  function fullMoment({ format, fresh }, ms) {
    return format.day(ms) === format.day(fresh.nowMs()) ? format.time(ms) : `${format.day(ms)} ${format.time(ms)}`;
  }
  app.fullMoment = fullMoment;

  /* 110 / 153 = 72% → 0.86 → 0.81 */
  function steps({ format }, slots, { counted, expected, peer, window_peer, shifts }) {
    const raw = app.known(counted) && app.known(expected) && expected > 0;
    const share = raw ? `${format.figure("whole_share", counted / expected)}%` : "";
    put(slots.today, raw ? `${format.figure("count", counted)} / ${format.figure("due", expected)} = ${share}` : app.UNKNOWN);
    put(slots.chance, format.figure("ratio", peer));
    put(slots.window, format.figure("ratio", window_peer));
    const of = app.known(shifts) && shifts > 0;
    write(slots.window_label, of ? format.word("judge.window", { n: shifts }) : format.word("judge.window_short"));
  }

  function put(node, text) {
    write(node, text);
    node.classList.toggle("gone", text === app.UNKNOWN);
  }

  function write(node, text) {
    if (node.textContent !== text) node.textContent = text;
  }
})();
