// The frame: exchanges its secret once, keeps the bearer in memory, shows what the server renders, and tells the
// page around it ids and nothing else. No cookie, no storage. Messages are hints; webhooks are the truth.
"use strict";
(() => {
  const root = document.getElementById("frame");
  const origins = root.dataset.origins.split(" ").filter(Boolean);
  const embedded = window.parent !== window;
  let session = root.dataset.session;
  let secret = new URLSearchParams(location.hash.slice(1)).get("cs") || "";
  let bearer = "", locale = document.documentElement.lang, component = "", host = "";
  let current = "", last = "", timer = 0, busy = false, told = new Set();
  history.replaceState(null, "", location.pathname); // the secret does not stay in the address

  const tell = (type, id, more) => {
    if (embedded && host) window.parent.postMessage({ v: 1, type: `sluice:${type}`, id, ...more }, host);
  };
  const tellOnce = (type, id) => {
    const name = `${type} ${id}`;
    if (told.has(name)) return;
    told.add(name);
    tell(type, id);
  };
  const measure = () => tell("resize", session, { height: Math.ceil(root.getBoundingClientRect().height) });
  new ResizeObserver(measure).observe(root);

  const fitted = (part) => {
    for (const one of part.querySelectorAll(".only-hosted")) one.hidden = embedded;
    for (const one of part.querySelectorAll(".only-embedded")) one.hidden = !embedded;
  };
  const focusHeading = () => {
    const heading = root.querySelector("main h1") || root.querySelector("main");
    heading.tabIndex = -1;
    if (!embedded || document.hasFocus()) heading.focus({ preventScroll: embedded });
  };
  const template = (name) => document.getElementById(name).content.cloneNode(true);

  const ended = () => {
    bearer = secret = "";
    clearTimeout(timer);
    root.replaceChildren(template("ended"));
    fitted(root);
    focusHeading();
    tell("session_expired", session);
  };
  const refuse = (place, text) => {
    const said = text === null ? template("broken") : document.createElement("p");
    if (text !== null) {
      said.className = "notice bad";
      said.setAttribute("role", "alert");
      said.textContent = text;
    }
    place.replaceChildren(said);
    place.firstElementChild?.scrollIntoView({ block: "nearest" });
  };

  const send = async (path, sent, key) => {
    const headers = { Accept: "application/json", "Accept-Language": locale };
    if (bearer) headers.Authorization = `Bearer ${bearer}`;
    if (key) headers["Idempotency-Key"] = key;
    const how = { headers, cache: "no-store", credentials: "omit", redirect: "error", referrerPolicy: "no-referrer" };
    if (sent) {
      headers["Content-Type"] = "application/json";
      how.method = "POST";
      how.body = JSON.stringify(sent);
    }
    const answer = await fetch(path, how);
    const body = await answer.json();
    return { ok: answer.ok, status: answer.status, body };
  };

  const countDown = (form) => {
    const button = form.querySelector("[data-sign]"), waiting = form.querySelector("[data-waiting]");
    const left = form.querySelector("[data-left]");
    const until = performance.now() + Number(form.dataset.seconds) * 1000;
    const tick = () => {
      const seconds = Math.ceil((until - performance.now()) / 1000);
      button.disabled = seconds > 0;
      waiting.hidden = seconds <= 0;
      left.textContent = String(seconds);
      if (seconds > 0 && form.isConnected) setTimeout(tick, 250);
    };
    tick();
  };

  const show = (answer, path) => {
    const same = answer.html === last && path === current;
    current = path;
    clearTimeout(timer);
    if (!same) {
      const before = root.dataset.screen;
      last = answer.html;
      root.dataset.screen = answer.screen;
      document.documentElement.lang = answer.language;
      root.innerHTML = answer.html;
      fitted(root);
      for (const form of root.querySelectorAll("form[data-seconds]")) countDown(form);
      for (const form of root.querySelectorAll("form[data-preview]")) preview(form);
      const said = root.querySelector("[data-said]"); // where the answer to an act stands
      if (said) {
        said.focus({ preventScroll: true });
        said.scrollIntoView({ block: "nearest" });
      } else if (before !== undefined && before !== answer.screen) focusHeading();
    }
    for (const one of answer.told) tellOnce(one.type, one.id);
    if (answer.poll_ms) timer = setTimeout(() => load(path, true), answer.poll_ms);
  };

  const load = async (path, quiet) => {
    clearTimeout(timer);
    try {
      const { ok, status, body } = await send(path);
      if (ok) return show(body, path);
      if (status === 401 || status === 410) return ended();
      tell("error", session, { code: body.code });
      refuse(root.querySelector("[data-refused]") || root.querySelector("main"), body.detail);
    } catch {
      if (!quiet) refuse(root.querySelector("[data-refused]") || root.querySelector("main"), null);
      timer = setTimeout(() => load(path, true), 5000);
    }
  };

  const newKey = () =>
    Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

  const post = async (form) => {
    if (busy) return;
    busy = true;
    form.setAttribute("aria-busy", "true");
    const sent = Object.fromEntries(new FormData(form)), place = root.querySelector("[data-refused]");
    form.dataset.key ||= newKey(); // the same act sent again, after silence, is one act
    clearTimeout(timer);
    try {
      const { ok, status, body } = await send(form.dataset.to, sent, form.dataset.key);
      if (status < 500) delete form.dataset.key;
      if (ok) {
        last = "";
        show(body, current.split("?")[0]);
      } else if (status === 401 || status === 410) {
        ended();
      } else {
        tell("error", session, { code: body.code });
        refuse(place, body.detail);
      }
    } catch {
      refuse(place, null);
    } finally {
      busy = false;
      form.removeAttribute("aria-busy");
    }
  };

  const preview = (form) => {
    const place = form.querySelector("[data-quote]");
    let wait = 0, asked = 0;
    const look = async () => {
      const mine = ++asked;
      const fields = new URLSearchParams(new FormData(form));
      if (!fields.get("amount")) return place.replaceChildren();
      try {
        const { ok, body } = await send(`${form.dataset.preview}?${fields}`);
        if (mine !== asked || !place.isConnected) return;
        if (ok) place.innerHTML = body.html;
        else place.textContent = body.detail;
      } catch {
        place.textContent = "";
      }
    };
    form.addEventListener("input", () => {
      clearTimeout(wait);
      wait = setTimeout(look, 250);
    });
    look();
  };

  root.addEventListener("submit", (event) => {
    event.preventDefault();
    if (event.target.dataset.to) post(event.target);
  });
  root.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.load) load(button.dataset.load);
    if (button.dataset.locale) speak(button.dataset.locale);
    if (button.hasAttribute("data-exit")) tell("exit", session);
  });
  root.addEventListener("change", (event) => {
    const field = event.target;
    if (field.dataset.reload) load(`${field.dataset.reload}?${field.name}=${encodeURIComponent(field.value)}`);
  });

  const speak = (language) => {
    if (language === locale || !["en", "zh-hans"].includes(language)) return;
    locale = language;
    if (bearer && current) load(current);
  };

  const start = async () => {
    try {
      const { ok, body } = await send(`/embed/${session}/exchange`, { client_secret: secret });
      secret = "";
      if (!ok) return ended();
      bearer = body.bearer;
      if (!body.components.includes(component)) component = body.components[0];
      last = "";
      await load(current || `/embed/v1/${component}`);
    } catch {
      refuse(root.querySelector("main"), null);
      tell("error", session, { code: "unreachable" });
    }
  };

  const heard = {
    "sluice:init": (message, origin) => {
      const first = !host;
      host = origin;
      tell("ready", session);
      measure();
      if (!first) return;
      component = String(message.component || "");
      if (["en", "zh-hans"].includes(message.locale)) locale = message.locale;
      start();
    },
    "sluice:update_session": (message) => {
      if (!/^ems_[0-9A-Z]{26}$/.test(message.id) || typeof message.client_secret !== "string") return;
      session = message.id;
      secret = message.client_secret;
      start();
    },
    "sluice:set_locale": (message) => speak(message.locale),
    "sluice:close": () => {
      bearer = secret = "";
      clearTimeout(timer);
      root.replaceChildren();
      tell("exit", session);
    },
  };
  window.addEventListener("message", (event) => {
    const message = event.data;
    if (event.source !== window.parent || !origins.includes(event.origin)) return;
    if (!message || message.v !== 1 || !Object.hasOwn(heard, message.type)) return;
    if (!host && message.type !== "sluice:init") return;
    if (host && event.origin !== host) return;
    heard[message.type](message, event.origin);
  });
  if (!embedded) start();
})();
