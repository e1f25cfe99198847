/* Figures, ages, clocks and names in the page's language: numbers and codes come in, text goes out. An unknown value is always —. */
(function () {
  "use strict";
  const app = (window.callfloorApp = window.callfloorApp || {});
  const UNKNOWN = "—";
  const MINUS = "\u2212";
  const LOCALES = { zh: "zh-CN", en: "en-GB" };

  const isKnown = (value) => value !== null && value !== undefined && Number.isFinite(value);
  const pad = (n) => String(n).padStart(2, "0");

  app.UNKNOWN = UNKNOWN;
  app.isKnown = isKnown;

  app.makeFormat = function (lang, zone, words) {
    const number = (least, most) => {
      const maker = new Intl.NumberFormat(LOCALES[lang], { minimumFractionDigits: least, maximumFractionDigits: most });
      return (value) => (isKnown(value) ? maker.format(value).replace("-", MINUS) : UNKNOWN);
    };
    const count = number(0, 2); /* whole, unless the site's weights of deductions are not */
    const tenths = number(1, 1);
    const word = (key, values) => fill(words[key], values || {});
    /* Due is rounded half up and a gap the other way, so that calls − due = gap holds for the whole numbers on the page. */
    const signed = (value) => (value > 0 ? `+${count(value)}` : value < 0 ? count(value) : `±${count(0)}`);
    const figures = {
      count,
      due: (value) => count(isKnown(value) ? Math.floor(value + 0.5) : null),
      due_exact: number(0, 1), /* the divisor of a formula, exact enough to check it */
      gap: (value) => (isKnown(value) ? signed(Math.ceil(value - 0.5) || 0) : UNKNOWN),
      gap_exact: (value) => (isKnown(value) ? signed(value).replace("±0", "0") : UNKNOWN),
      pace: (value) => (typeof value === "string" ? word(`reason.${value}`) || UNKNOWN : figures.percent(value)),
      score: tenths,
      ratio: number(2, 2),
      share: (value) => tenths(isKnown(value) ? value * 100 : null),
      whole_share: (value) => count(isKnown(value) ? Math.round(value * 100) : null),
      chance: (value) => (isKnown(value) ? chance(value) : UNKNOWN),
      percent: (value) => (isKnown(value) ? `${tenths(value * 100)}%` : UNKNOWN),
      duration: (seconds) => (isKnown(seconds) ? duration(seconds) : UNKNOWN),
      as_is: (value) => (value === null || value === undefined ? UNKNOWN : String(value)),
    };
    const cause = (text) => word(`cause.${text}`) || text; /* a usual code in words, any other text as written */
    return { figure: (kind, value) => figures[kind](value), duration, lasting: lasting(word), word, cause, ...ages(word), ...clocks(lang, zone, word) };
  };

  /* A team, an agent or a queue in the page's language; without a name the id. */
  app.nameOf = ({ lang }, { id, name, name_en }) => (lang === "en" && name_en) || name || id;

  const isToday = ({ format, fresh }, ms) => format.day(ms) === format.day(fresh.nowMs());

  /* 13:05 of today, otherwise 11-19. */
  app.shortMoment = (page, ms) => (isToday(page, ms) ? page.format.time(ms) : page.format.day(ms));

  /* 13:05 of today, otherwise 11-19 13:05. */
  app.fullMoment = (page, ms) => (isToday(page, ms) ? page.format.time(ms) : `${page.format.day(ms)} ${page.format.time(ms)}`);

  /* In one pass: a value that looks like a gap, as a name may, stays as it is. */
  const fill = (text, values) => text && text.replace(/\{(\w+)\}/g, (gap, name) => (Object.hasOwn(values, name) ? values[name] : gap));

  /* Never 0% or 100%: nothing that depends on chance is certain. */
  const chance = (value) => (value < 0.005 ? "<1%" : value > 0.995 ? ">99%" : `${Math.round(value * 100)}%`);

  /* 0:33, 4:16, from one hour 1:04:16. */
  function duration(seconds) {
    const s = Math.max(0, Math.floor(seconds));
    const [h, m] = [Math.floor(s / 3600), Math.floor(s / 60) % 60];
    return h ? `${h}:${pad(m)}:${pad(s % 60)}` : `${m}:${pad(s % 60)}`;
  }

  /* A span of time in words: 32 min, 4 h 32 min. */
  const lasting = (word) => (ms) => {
    const minutes = Math.max(0, Math.floor(ms / 60000));
    const [h, m] = [Math.floor(minutes / 60), minutes % 60];
    return h ? word("said.hours", { h, m }) : word("said.minutes", { m });
  };

  /* Whole seconds up to 99, then minutes up to 119, then hours. */
  function ages(word) {
    const scaled = (prefix) => (seconds) => {
      if (seconds < 100) return word(`live.${prefix}_s`, { n: Math.floor(seconds) });
      if (seconds < 7200) return word(`live.${prefix}_min`, { n: Math.floor(seconds / 60) });
      return word(`live.${prefix}_h`, { n: Math.floor(seconds / 3600) });
    };
    return { age: scaled("age"), span: scaled("span") };
  }

  function clocks(lang, zone, word) {
    const clock = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
    const day = new Intl.DateTimeFormat(LOCALES[lang], { timeZone: zone, month: lang === "zh" ? "numeric" : "short", day: "numeric", weekday: "short" });
    const seconds = (ms) => clock.format(ms);
    const time = (ms) => seconds(ms).slice(0, 5);
    const date = (ms) => word("live.date", fields(day, ms));
    const monthDay = new Intl.DateTimeFormat("en-GB", { timeZone: zone, month: "2-digit", day: "2-digit" });
    const year = new Intl.DateTimeFormat("en-GB", { timeZone: zone, year: "numeric" });
    const shortDay = (ms) => `${fields(monthDay, ms).month}-${fields(monthDay, ms).day}`;
    const isoDay = (ms) => `${fields(year, ms).year}-${shortDay(ms)}`;
    /* 11-30 周一, Mon 30 Nov; with the time of day. */
    const dated = (ms, key) => {
      const { weekday, day: number, month } = fields(day, ms);
      return word(`moment.${key}`, { weekday, date: lang === "zh" ? shortDay(ms) : `${number} ${month}`, time: time(ms) });
    };
    return { seconds, time, dated, day: shortDay, isoDay, date, datetime: (ms) => `${date(ms)} ${time(ms)}` };
  }

  function fields(maker, ms) {
    return Object.fromEntries(maker.formatToParts(ms).map((part) => [part.type, part.value]));
  }
})();
