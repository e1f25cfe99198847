/* Asks the server and sends to it, and puts a refusal into words. Every question ends after a time limit: on a line
   that was dropped without a word it would wait for ever, and six such questions take all connections of a browser. */
(function () {
  "use strict";
  const app = (window.callfloorApp = window.callfloorApp || {});
  const LIMIT_MS = { GET: 10_000, POST: 30_000 };

  /* query: {name: value}; signal: ends the question early. */
  app.getJson = (path, query = {}, signal = undefined) => json(path, query, { method: "GET", signal });

  /* Sends what the viewer does. */
  app.postJson = (path, body) =>
    json(path, {}, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

  /* The text of a page as the server would send it now; null while it sends none. */
  app.getText = async function (address) {
    try {
      const answer = await fetch(address, { cache: "no-store", signal: AbortSignal.timeout(LIMIT_MS.GET) });
      return answer.ok ? await answer.text() : null;
    } catch (error) {
      return null;
    }
  };

  /* The words for an answer with an error: the page's own, else the server's, else those for an unreachable server. */
  app.refusalText = (format, { error, message }, unreached = "drawer.unreachable") => format.word(`refused.${error}`) || message || format.word(unreached);

  /* The JSON of the answer, or {error, message, body}; without an answer there is neither message nor body. */
  async function json(path, query, { signal, ...options }) {
    const limit = AbortSignal.timeout(LIMIT_MS[options.method]);
    try {
      const answer = await fetch(path + queryText(query), { ...options, signal: signal ? AbortSignal.any([limit, signal]) : limit });
      const body = await answer.json();
      if (answer.status === 401) app.endSession();
      if (body.error === "confirm_first") app.askToConfirm();
      return answer.ok ? body : { error: body.error || "unreachable", message: body.message, body };
    } catch (problem) {
      return { error: "unreachable", message: null, body: null };
    }
  }

  function queryText(query) {
    const values = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
    return values.length ? `?${values.join("&")}` : "";
  }
})();
