/* In the drawer: an agent's standing, from the raw ratio to the verdict, the sentence to read aloud, and the exact figures. */
(function () {
  "use strict";
  const app = (window.callfloorApp = window.callfloorApp || {});

  /* of: the agent's row. A page that judges nobody has no slots for it. */
  app.drawJudgement = function (drawer, of) {
    const { page, slots } = drawer;
    if (!page.judged) return;
    const hidden = page.fresh.state() === "hidden";
    const code = hidden ? "" : codeOf(of);
    verdict(page, slots, of, code);
    steps(page, slots, hidden ? {} : { ...page.evidence.agent(of.id), peer: of.peer, ...app.curveEnd(drawer) });
    app.writeText(slots.said, code ? app.flagSentence(page, of, code) : "");
    app.morph(slots.exact, (code ? app.exactFigures(page, of, code, false) : []).map((text) => app.make("span", "n", text)));
  };

  const codeOf = (of) => of.flag || (of.assessed === false ? "not_assessed" : of.verdict || "no_verdict");

  function verdict(page, slots, of, code) {
    const { format } = page;
    slots.verdict.className = `verdict ${code}`;
    app.morph(slots.verdict, code ? [app.makeShape(app.flagShape(code)), app.make("span", "", format.word(`flag.${code}`))] : []);
    const since = of.flag && app.isKnown(of.flag_since) && code ? app.sinceWords(page, of.flag_since) : "";
    app.writeText(slots.since, since);
  }

  /* 110 / 153 = 72% → 0.86 → 0.81 */
  function steps({ format }, slots, { counted, expected, peer, window_peer, shifts }) {
    const raw = app.isKnown(counted) && app.isKnown(expected) && expected > 0;
    const share = raw ? `${format.figure("whole_share", counted / expected)}%` : "";
    put(slots.today, raw ? `${format.figure("count", counted)} / ${format.figure("due", expected)} = ${share}` : app.UNKNOWN);
    put(slots.chance, format.figure("ratio", peer));
    put(slots.window, format.figure("ratio", window_peer));
    const of = app.isKnown(shifts) && shifts > 0;
    app.writeText(slots.window_label, of ? format.word("judge.window", { n: shifts }) : format.word("judge.window_short"));
  }

  function put(node, text) {
    app.writeText(node, text);
    node.classList.toggle("gone", text === app.UNKNOWN);
  }
})();
