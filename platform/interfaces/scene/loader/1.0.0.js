/* Sluice loader 1.0.0: puts a bank's frame into a page of a scene.
 *
 *   const credit = Sluice.mount("#credit", {
 *     fetchClientSecret: () => fetch("/credit-session", { method: "POST" }).then((r) => r.json()),
 *     component: "application",
 *     onEvent: (event) => console.log(event.type, event.id),
 *   });
 *
 * `fetchClientSecret` resolves to what `POST /v1/embed_sessions` answered on the scene's own server.
 * Events carry ids, never personal data: webhooks are the truth.
 */
(function () {
  "use strict";
  var VERSION = "1.0.0";
  var HEARD = /^sluice:(ready|resize|step|offer_viewed|application_submitted|decision|signed|exit|error|session_expired|open_url)$/;
  var PATIENCE_MS = 10000;
  var RENEW_MS = 60000;

  function checked(session) {
    if (!session || typeof session.url !== "string") throw new TypeError("fetchClientSecret gave no session");
    var url = new URL(session.url);
    var secret = new URLSearchParams(url.hash.slice(1)).get("cs");
    var own = /^(localhost|127\.0\.0\.1|.*\.localhost)$/.test(url.hostname);
    if (url.protocol !== "https:" && !(own && url.protocol === "http:")) throw new TypeError("not https");
    if (!secret) throw new TypeError("the session has no secret");
    return { id: String(session.id), url: url, origin: url.origin, secret: secret };
  }

  function mount(target, options) {
    var place = typeof target === "string" ? document.querySelector(target) : target;
    if (!place || !options || typeof options.fetchClientSecret !== "function") {
      throw new TypeError("Sluice.mount needs an element and fetchClientSecret");
    }
    var frame = null, session = null, ready = false, closed = false, greeting = 0, giveUp = 0, renewedAt = -RENEW_MS;

    function emit(event) {
      if (typeof options.onEvent === "function") options.onEvent(event);
    }
    function failed(code) {
      emit({ v: 1, type: "error", id: session ? session.id : null, code: code });
    }
    function fetched() {
      return Promise.resolve().then(options.fetchClientSecret).then(checked);
    }
    function post(type, more) {
      if (!frame || !frame.contentWindow || !session) return;
      var message = { v: 1, type: "sluice:" + type, id: session.id };
      for (var name in more || {}) message[name] = more[name];
      frame.contentWindow.postMessage(message, session.origin);
    }
    function greet() {
      post("init", { component: options.component || "", locale: options.locale || "" });
    }
    function renew() {
      if (closed || Date.now() - renewedAt < RENEW_MS) return;
      renewedAt = Date.now();
      fetched().then(function (next) {
        if (next.origin !== session.origin) throw new TypeError("another bank");
        session = next;
        post("update_session", { client_secret: next.secret });
      }).catch(function () { failed("session_unavailable"); });
    }
    function listen(event) {
      if (!frame || event.source !== frame.contentWindow || event.origin !== session.origin) return;
      var message = event.data;
      if (!message || message.v !== 1 || !HEARD.test(message.type)) return;
      var type = message.type.slice("sluice:".length);
      if (type === "ready") {
        ready = true;
        clearInterval(greeting);
        clearTimeout(giveUp);
      } else if (type === "resize") {
        var height = Number(message.height);
        if (height > 0 && height < 20000) frame.style.height = Math.ceil(height) + "px";
        return;
      } else if (type === "session_expired") {
        renew();
      }
      emit({ v: 1, type: type, id: message.id, code: message.code });
    }
    function close() {
      closed = true;
      clearInterval(greeting);
      clearTimeout(giveUp);
      post("close");
      window.removeEventListener("message", listen);
      if (frame) frame.remove();
      frame = null;
    }

    fetched().then(function (first) {
      if (closed) return;
      session = first;
      frame = document.createElement("iframe");
      frame.title = options.title || "Credit";
      frame.setAttribute("sandbox", "allow-scripts allow-forms allow-same-origin allow-popups");
      frame.setAttribute("allow", "");
      frame.referrerPolicy = "no-referrer";
      frame.style.width = "100%";
      frame.style.height = "420px";
      frame.style.border = "0";
      frame.style.display = "block";
      window.addEventListener("message", listen);
      frame.addEventListener("load", function () {
        if (!ready && !greeting) greeting = setInterval(greet, 150);
        greet();
      });
      giveUp = setTimeout(function () {
        clearInterval(greeting);
        failed("frame_refused");
      }, PATIENCE_MS);
      frame.src = first.url.href;
      place.replaceChildren(frame);
    }).catch(function () { failed("session_unavailable"); });

    return {
      close: close,
      setLocale: function (locale) { post("set_locale", { locale: locale }); },
      updateSession: renew,
    };
  }

  window.Sluice = Object.freeze({ mount: mount, version: VERSION });
})();
