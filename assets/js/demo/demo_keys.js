/* The keys 1 to 8 choose a person of the demo. Only the page of the choice loads this file. */
(function () {
  "use strict";

  document.addEventListener("keydown", ({ key, ctrlKey, metaKey, altKey }) => {
    if (ctrlKey || metaKey || altKey) return;
    const number = [...document.querySelectorAll("body.demo li kbd")].find(({ textContent }) => textContent === key);
    if (number) number.closest("button").click();
  });
})();
