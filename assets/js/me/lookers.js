/* On an agent's own page: who else looked at the agent in the last month, how often, and when last. While the log cannot be read
   the page says so. */
(function () {
  "use strict";
  const app = (window.callfloorApp = window.callfloorApp || {});

  app.drawMyLookers = function ({ page, view, slots }) {
    const { format } = page;
    const others = (view.lookers ? view.lookers.lookers : []).filter(({ is_self: isSelf }) => !isSelf);
    const none = app.make("li", "none", format.word(view.lookers ? "me.lookers_none" : "me.lookers_unread"));
    app.morph(slots.lookers, others.length ? others.map((looker) => row(page, looker)) : [none]);
    const refused = view.lookers ? view.lookers.refused : 0;
    app.writeText(slots.refused, refused ? format.word("me.lookers_refused", { n: format.figure("count", refused) }) : "");
  };

  function row(page, { name, roles, looks, last_ms: last, is_lead: isLead }) {
    const { format } = page;
    const role = isLead ? format.word("me.looker_lead") : roles.map((each) => format.word(`role.${each}`) || each).join(" · ");
    const who = app.make("span", "kd", name, " ", app.make("small", "", role));
    const times = app.make("span", "n", format.word("me.looker_times", { n: format.figure("count", looks) }));
    return app.make("li", "looker", who, times, app.make("span", "n dim", format.word("me.looker_last", { time: app.fullMoment(page, last) })));
  }
})();
