/* The page of a screen that is not paired: it asks for a code, shows it, and goes on to its board once an administrator approves.

   The secret by which it asks is in a cookie that no script reads. A code has five minutes, counted by this browser from its
   receipt; then the screen asks for a new one. Whatever fails is tried again by itself: nobody attends a screen. */
(function () {
  "use strict";
  const app = (window.callfloorApp = window.callfloorApp || {});
  const [WIDTH, HEIGHT] = [1920, 1080];
  const TICK_MS = 500;
  const ASK_EVERY_MS = 2000;
  const AGAIN_MS = 10_000;
  const HALF = 4;
  const DAY_MS = 86_400_000;

  function start(main) {
    const screen = { main, endsAt: null, nextAt: 0, asking: false };
    field(screen, "size").textContent = `${window.innerWidth} × ${window.innerHeight}`;
    const ended = main.querySelector("[data-ended]");
    if (ended) ended.textContent = moment(main, Number(ended.dataset.ended));
    const fit = () => (main.style.zoom = Math.min(window.innerWidth / WIDTH, window.innerHeight / HEIGHT));
    window.addEventListener("resize", fit);
    fit();
    setInterval(() => tick(screen), TICK_MS);
    tick(screen);
  }

  const field = ({ main }, name) => main.querySelector(`[data-pair="${name}"]`);

  function formatted(main, ms, options) {
    return new Intl.DateTimeFormat("en-GB", { timeZone: main.dataset.zone, hourCycle: "h23", ...options }).format(ms);
  }

  const CLOCK = { hour: "2-digit", minute: "2-digit" };

  /* The time, and before today the date too. */
  function moment(main, ms) {
    const time = formatted(main, ms, CLOCK);
    if (Date.now() - ms < DAY_MS && formatted(main, ms, { day: "2-digit" }) === formatted(main, Date.now(), { day: "2-digit" })) return time;
    return `${new Intl.DateTimeFormat("en-CA", { timeZone: main.dataset.zone }).format(ms).slice(5)} ${time}`;
  }

  function tick(screen) {
    field(screen, "clock").textContent = formatted(screen.main, Date.now(), CLOCK);
    const now = performance.now();
    if (screen.endsAt !== null) drawLeft(screen, Math.max(0, Math.ceil((screen.endsAt - now) / 1000)));
    if (screen.asking || now < screen.nextAt) return;
    screen.asking = true;
    ask(screen).finally(() => (screen.asking = false));
  }

  async function ask(screen) {
    if (screen.endsAt === null || performance.now() >= screen.endsAt) return askCode(screen);
    screen.nextAt = performance.now() + ASK_EVERY_MS;
    const answer = await app.getJson("/pair.json");
    if (answer.state === "approved") return window.location.replace(answer.to + window.location.search);
    if (answer.state === "refused") field(screen, "why").textContent = screen.main.dataset.refused;
    if (["refused", "none"].includes(answer.state)) return askCode(screen);
    return undefined;
  }

  async function askCode(screen) {
    const answer = await app.postJson("/pair", { width: window.innerWidth, height: window.innerHeight });
    const now = performance.now();
    screen.nextAt = now + (answer.code ? ASK_EVERY_MS : AGAIN_MS);
    screen.endsAt = answer.code ? now + answer.left_ms : null;
    const [first, second] = field(screen, "code").children;
    first.textContent = answer.code ? answer.code.slice(0, HALF) : "—";
    second.textContent = answer.code ? answer.code.slice(HALF) : "—";
    fitCode(field(screen, "code"));
    if (answer.code) field(screen, "id").textContent = screen.main.dataset.display.replace("{id}", answer.id);
    else field(screen, "left").textContent = screen.main.dataset[answer.body ? "busy" : "unreachable"];
    if (answer.code) drawLeft(screen, Math.ceil(answer.left_ms / 1000));
  }

  /* A code of wide letters is drawn smaller. */
  function fitCode(node) {
    node.style.zoom = 1;
    const whole = node.parentElement.clientWidth;
    if (node.scrollWidth > whole) node.style.zoom = Math.floor((whole / node.scrollWidth) * 100) / 100;
  }

  function drawLeft(screen, seconds) {
    const [before, after] = screen.main.dataset.newCode.split("{left}");
    const left = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    field(screen, "left").replaceChildren(before, app.make("b", "", left), after);
  }

  const main = document.getElementById("pair");
  if (main) start(main);
})();
