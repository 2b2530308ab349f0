// The studio's preview: the same loader that a scene's page includes, with the session that was just opened.
"use strict";
(() => {
  const place = document.getElementById("preview");
  if (!place || !window.Sluice) return;
  const log = document.getElementById("heard");
  const session = { id: place.dataset.session, url: place.dataset.url, client_secret: place.dataset.secret };
  window.Sluice.mount(place, {
    fetchClientSecret: () => Promise.resolve(session),
    component: place.dataset.component,
    locale: place.dataset.locale,
    onEvent: (event) => {
      const line = document.createElement("li");
      line.className = "mono";
      line.textContent = [event.type, event.code, event.id].filter(Boolean).join(" ");
      log.append(line);
    },
  });
})();
