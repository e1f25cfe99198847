/* The agents of a wall: one tile per seat, teams in their order and seats in theirs, sixty to a screen; without teams by id, on
   half a page too. A tile has the alias (without a team the id), time in state, net, the state's shape and handled − deducted:
   no rank, no colour, no flag, no due. */
(function () {
  "use strict";
  const app = (window.callfloorApp = window.callfloorApp || {});
  const [ROW_PX, HEAD_PX] = [120, 48];
  const LAST = 5;
  app.WHOLE_PAGE = { across: 10, height: 864, isWhole: true };
  app.HALF_PAGE = { across: 5, height: 672, isWhole: false };
  const SHAPES = { talk: "talk", hold: "talk", available: "available", ringing: "available", wrap: "wrap", break: "break" };

  app.makeSeats = function (page, room) {
    const self = { page, room, seated: null, screens: [], at: null, tiles: [], heads: [] };
    return { draw: (box, shown) => draw(self, box, shown) };
  };

  /* `shown`: how often the page has been shown before; says which seats of how many these are. */
  function draw(self, box, shown) {
    const { store } = self.page;
    if (self.seated !== store.seated) Object.assign(self, { seated: store.seated, screens: screensOf(store.seats, self.room), at: null });
    const at = self.screens.length ? shown % self.screens.length : 0;
    if (self.at !== at || self.box !== box) build(self, box, at);
    const { page } = self;
    const state = page.fresh.state();
    for (const tile of self.tiles) drawTile(page, tile, state);
    for (const { node, team } of self.heads) app.writeText(node, self.room.isWhole ? teamSum(page, team, state) : range(self));
    return range(self);
  }

  /* The seats on screen, of how many. */
  function range({ page, tiles }) {
    if (!tiles.length) return "";
    const of = { first: tiles[0].seat + 1, last: tiles[tiles.length - 1].seat + 1, all: page.store.seats.length };
    return page.format.word("wall.more", of);
  }

  /* Rows in the fewest screens: [[{team, seats: [seat, …]}, …], …]. A team that continues repeats its name. */
  function screensOf(seats, { across, height }) {
    const screens = [];
    let [left, last] = [0, null];
    for (const { team, row } of rowsOf(seats, across)) {
      const fresh = !last || last.team !== team;
      if (left < ROW_PX + (fresh ? HEAD_PX : 0)) {
        screens.push([]);
        [left, last] = [height, null];
      }
      if (!last || fresh) {
        last = { team, seats: [] };
        screens[screens.length - 1].push(last);
        left -= HEAD_PX;
      }
      last.seats.push(...row);
      left -= ROW_PX;
    }
    return screens;
  }

  function rowsOf(seats, across) {
    const rows = [];
    seats.forEach(([, team], i) => {
      const open = rows[rows.length - 1];
      if (!open || open.team !== team || open.row.length === across) rows.push({ team, row: [i] });
      else open.row.push(i);
    });
    return rows;
  }

  function build(self, box, at) {
    const { page } = self;
    Object.assign(self, { at, box, tiles: [], heads: [] });
    const blocks = (self.screens[at] || []).map((block) => blockOf(self, block));
    const empty = app.make("p", "wall-none", page.store.loaded ? page.format.word(self.room.isWhole && page.store.teams.size ? "wall.no_seats" : "wall.nobody") : app.UNKNOWN);
    box.replaceChildren(...(blocks.length ? blocks : [empty]));
  }

  function blockOf(self, { team, seats }) {
    const sum = app.make("span", "n");
    const name = team === null ? self.page.format.word("wall.agents") : teamName(self.page, team);
    self.heads.push({ node: sum, team });
    const tiles = seats.map((seat) => tileOf(self.page, seat));
    self.tiles.push(...tiles);
    return app.make("section", "block", app.make("h2", "", name, sum), app.make("div", "seats", ...tiles.map(({ node }) => node)));
  }

  const teamName = (page, team) => app.nameOf(page, page.store.teams.get(team) || { id: team });

  function tileOf({ store, lang, format }, seat) {
    const [, team, alias, aliasEn] = store.seats[seat];
    const called = (lang === "en" && aliasEn) || alias || format.word("wall.seat", { n: seat + 1 });
    const [time, net, shape, made] = ["ti n", "nt n fig", "gl", "pt n"].map((name) => app.make("span", name));
    const node = app.make("div", "seat", who(called, team === null), time, net, shape, made);
    return { seat, node, time, net, shape, made, drawn: null };
  }

  /* A long id is cut before its end: serial ids differ at the end. */
  function who(called, isId) {
    const signs = graphemes(called);
    const name = isId && signs.length > 2 * LAST ? [app.make("span", "id-start", signs.slice(0, -LAST).join("")), app.make("span", "id-end", signs.slice(-LAST).join(""))] : [called];
    return app.make("span", "who", ...name);
  }

  const graphemes = (text) => (Intl.Segmenter ? Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment) : [...text]);

  function drawTile(page, tile, state) {
    const [, , , , code, since, handled, deducted, net] = page.store.seats[tile.seat];
    const hasStates = page.store.value("floor.missing.states") === null;
    const away = hasStates && (code === null || code === "offline");
    const hidden = state === "hidden";
    const spent = since === null || away || !hasStates || hidden ? null : (page.fresh.valuesAtMs() - since) / 1000;
    app.writeText(tile.time, spent === null ? "" : page.format.duration(spent));
    const drawn = JSON.stringify([code, handled, deducted, net, hidden, hasStates]);
    if (tile.drawn === drawn) return;
    tile.drawn = drawn;
    const { count } = counting(page.format);
    const known = !hidden && !(away && handled === 0);
    tile.node.classList.toggle("off", away);
    tile.net.classList.toggle("gone", !known);
    app.writeText(tile.net, known ? count(net) : app.UNKNOWN);
    app.writeText(tile.made, away ? page.format.word("state.offline") : hidden ? app.UNKNOWN : `${count(handled)} − ${count(deducted)}`);
    tile.shape.replaceChildren(...(away || hidden || code === null ? [] : [app.makeShape(SHAPES[code] || "other")]));
  }

  function teamSum({ store, format }, id, state) {
    const { count } = counting(format);
    const team = store.teams.get(id);
    if (!team || state === "hidden") return "";
    const figures = ["handled", "deducted", "pending", "net"].map((name) => [name, count(team[name])]);
    return format.word("wall.made", Object.fromEntries(figures));
  }

  const counting = (format) => ({ count: (value) => format.figure("count", value) });
})();
