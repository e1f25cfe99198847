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
    app.writeText(slots.said, code ? app.said(page, of, code) : "");
    app.morph(slots.exact, (code ? app.exactly(page, of, code, false) : []).map((text) => app.make("span", "n", text)));
  };

  const codeOf = (of) => of.flag || (of.assessed === false ? "not_assessed" : of.verdict || "no_verdict");

  function verdict(page, slots, of, code) {
    const { format } = page;
    slots.verdict.className = `verdict ${code}`;
    app.morph(slots.verdict, code ? [app.makeShape(app.flagShape(code)), app.make("span", "", format.word(`flag.${code}`))] : []);
    const since = of.flag && app.known(of.flag_since) && code ? app.sinceWords(page, of.flag_since) : "";
    app.writeText(slots.since, since);
  }

  /* 110 / 153 = 72% → 0.86 → 0.81 */
  function steps({ format }, slots, { counted, expected, peer, window_peer, shifts }) {
    const raw = app.known(counted) && app.known(expected) && expected > 0;
    const share = raw ? `${format.figure("whole_share", counted / expected)}%` : "";
    put(slots.today, raw ? `${format.figure("count", counted)} / ${format.figure("due", expected)} = ${share}` : app.UNKNOWN);
    put(slots.chance, format.figure("ratio", peer));
    put(slots.window, format.figure("ratio", window_peer));
    const of = app.known(shifts) && shifts > 0;
    app.writeText(slots.window_label, of ? format.word("judge.window", { n: shifts }) : format.word("judge.window_short"));
  }

  function put(node, text) {
    app.writeText(node, text);
    node.classList.toggle("gone", text === app.UNKNOWN);
  }
})();
