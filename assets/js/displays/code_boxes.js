/* Eight boxes for the code that a screen shows: each takes one letter and hands the focus on; a pasted code fills them all, and
   backspace in an empty box goes back. */
(function () {
  "use strict";
  const app = (window.callfloorApp = window.callfloorApp || {});
  const LENGTH = 8;
  const LETTER = /[0-9A-Z]/g;

  /* changed(code): the letters so far. Gives {node, code(), clear()}. */
  app.makeCodeBoxes = function (say, changed) {
    const boxes = Array.from({ length: LENGTH }, (_, at) => makeBox(say("letter", { n: at + 1 })));
    const node = app.make("div", "code", ...boxes.slice(0, LENGTH / 2), app.make("i", ""), ...boxes.slice(LENGTH / 2));
    const code = () => boxes.map((box) => box.value).join("");
    const fillFrom = (at, text) => {
      const letters = lettersOf(text).slice(0, LENGTH - at);
      letters.forEach((letter, i) => (boxes[at + i].value = letter));
      boxes[Math.min(LENGTH - 1, at + letters.length)].focus();
      changed(code());
    };
    boxes.forEach((box, at) => {
      box.addEventListener("input", () => type(box, () => fillFrom(at, box.value), () => changed(code())));
      box.addEventListener("focus", () => box.select());
      box.addEventListener("paste", (event) => {
        event.preventDefault();
        fillFrom(lettersOf(event.clipboardData.getData("text")).length >= LENGTH ? 0 : at, event.clipboardData.getData("text"));
      });
      box.addEventListener("keydown", (event) => move(event, boxes, at, () => changed(code())));
    });
    const clear = () => {
      for (const box of boxes) box.value = "";
      changed("");
    };
    return { node, code, clear };
  };

  app.CODE_LENGTH = LENGTH;

  /* In one width: an input method may give wide letters. */
  const lettersOf = (text) => text.normalize("NFKC").toUpperCase().match(LETTER) || [];

  function makeBox(label) {
    const box = app.make("input", "n");
    for (const [name, value] of Object.entries({ "aria-label": label, autocomplete: "off", autocapitalize: "characters", spellcheck: "false" })) box.setAttribute(name, value);
    return box;
  }

  function type(box, filled, emptied) {
    if (lettersOf(box.value).length) return filled();
    box.value = "";
    return emptied();
  }

  function move(event, boxes, at, emptied) {
    const { key } = event;
    const to = key === "ArrowLeft" || (key === "Backspace" && !boxes[at].value) ? at - 1 : key === "ArrowRight" ? at + 1 : null;
    if (to === null || !boxes[to]) return;
    event.preventDefault();
    if (key === "Backspace") boxes[to].value = "";
    boxes[to].focus();
    if (key === "Backspace") emptied();
  }
})();
