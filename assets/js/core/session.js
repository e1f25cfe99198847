/* The session of the person who looks. Two minutes before its end a line says so; at the end the figures are hidden, and the page
   leads to the sign-in and from there back. Where somebody is writing, the page stays, so no text is lost: they sign in in another
   tab, and the page goes on. Whoever moves the pointer or types is there, and an idle session goes on. */
(function () {
  "use strict";
  const app = (window.callfloorApp = window.callfloorApp || {});
  const WARN_S = 120;
  const LOOK_MS = 1000;
  const ASK_MS = { early: 60_000, late: 10_000, ended: 2000 };
  const NOTE_MS = 60_000;
  const ACTS = ["pointerdown", "keydown", "wheel"];

  let session = null;

  const root = () => document.getElementById("callfloor");
  const leftS = () => (session.endsAt - Date.now()) / 1000;
  const address = () => encodeURIComponent(location.pathname + location.search);
  const word = (key, n) => JSON.parse(root().dataset.words)[`session.${key}`].replace("{n}", n);
  /* A browser has six connections to a server: while none is answered the page's own question takes no more of them. */
  const isCut = () => Boolean(window.callfloor) && window.callfloor.source === "network";
  const isWriting = () => [...document.querySelectorAll("textarea")].some((text) => text.value.trim() && text.value !== text.defaultValue);

  /* The server says that nobody is signed in here any more. */
  app.endSession = function () {
    if (document.documentElement.dataset.density === "wall") return location.reload();
    document.documentElement.classList.add("is-signed-out");
    const why = session && session.idleS !== null && leftS() <= 0 ? "idle" : "ended";
    if (!isWriting()) return location.replace(`/sign-in?next=${address()}&why=${why}`);
    if (session) session.hasEnded = true;
    return showLine("over", word("over"), word("over_how"), signInLink());
  };

  /* The server wants to be sure who acts. It asks in another tab, so what is written here stays. */
  app.askToConfirm = () => showLine("confirm", word("confirm"), word("confirm_how"), newTab(word("confirm_do"), `/sign-in/confirm?next=${address()}`));

  const signInLink = () => newTab(word("in"), `/sign-in?next=${address()}`);

  function newTab(text, href) {
    return Object.assign(app.make("a", "btn sm primary", text), { href, target: "_blank", onclick: () => hideLine("confirm") });
  }

  function showLine(name, head, text, action) {
    const line = app.make("div", "session-line", app.make("b", "n", head), app.make("span", "dim n", text), app.make("span", "sp"), action);
    line.dataset.line = name;
    line.setAttribute("role", "status");
    hideLine();
    document.body.prepend(line);
  }

  /* Hides the line of this name, or any. */
  function hideLine(name = "") {
    const line = document.querySelector(".session-line");
    if (line && (!name || line.dataset.line === name)) line.remove();
  }

  async function ask() {
    session.askedAt = Date.now();
    hear(await app.getJson("/session.json"));
  }

  async function goOn() {
    session.notedAt = Date.now();
    hear(await app.postJson("/session/continue", {}));
  }

  /* An answer without an account is none: the server could not be reached, or has refused, and then the page has ended. */
  function hear({ account, ends_in_s: endsInS, idle_s: idleS }) {
    if (!account) return;
    if (session.account && session.account !== account) location.reload();
    Object.assign(session, { account, idleS, endsAt: Date.now() + endsInS * 1000 });
    if (session.hasEnded) document.documentElement.classList.remove("is-signed-out");
    if (session.hasEnded) hideLine("over");
    session.hasEnded = false;
    look();
  }

  function look() {
    const pace = askingPace();
    if (Date.now() - session.askedAt > ASK_MS[pace] && !(pace === "early" && isCut())) ask();
    if (session.hasEnded || session.endsAt === null) return;
    if (leftS() > WARN_S || leftS() <= 0) hideLine("soon");
    else warn();
  }

  function askingPace() {
    if (session.hasEnded || (session.endsAt !== null && leftS() <= 0)) return "ended";
    return session.endsAt === null || leftS() < WARN_S ? "late" : "early";
  }

  function warn() {
    const minutes = Math.ceil(leftS() / 60);
    const line = document.querySelector(".session-line");
    if (line && (line.dataset.line !== "soon" || line.dataset.minutes === `${minutes}`)) return;
    const isIdle = session.idleS !== null;
    const text = isIdle ? word("idle", Math.max(0, Math.round((session.idleS - leftS()) / 60))) : word("longest", 12);
    showLine("soon", word("soon", minutes), text, isIdle ? continueButton() : newTab(word("again"), `/sign-in?next=${address()}`));
    document.querySelector(".session-line").dataset.minutes = minutes;
  }

  function continueButton() {
    return Object.assign(app.make("button", "btn sm primary", word("on")), { type: "button", onclick: goOn });
  }

  function noteAct() {
    if (session.idleS !== null && !session.hasEnded && Date.now() - session.notedAt > NOTE_MS) goOn();
  }

  /* Dash draws the page after the scripts have run; a wall has no person. */
  function begin() {
    if (!root()) return setTimeout(begin, LOOK_MS);
    if (!root().dataset.account || session) return undefined;
    session = { account: null, endsAt: null, idleS: null, askedAt: 0, notedAt: Date.now(), hasEnded: false };
    for (const act of ACTS) addEventListener(act, noteAct, { passive: true });
    addEventListener("pageshow", ({ persisted }) => persisted && ask());
    setInterval(look, LOOK_MS);
    return ask();
  }

  begin();
})();
