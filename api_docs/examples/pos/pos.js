// The till's page: puts the bank's frame where the credit goes. It learns ids, never amounts.
"use strict";
const asked = new URLSearchParams(location.search);
const locale = asked.get("lang") === "en" ? "en" : "zh-hans";
const component = asked.get("show") || "offer_tile";
document.documentElement.lang = locale === "en" ? "en" : "zh-Hans";
for (const one of document.querySelectorAll("[data-zh]")) one.textContent = one.dataset[locale === "en" ? "en" : "zh"];

const heard = [];
window.heard = heard; // for whoever looks on
const loader = document.createElement("script");
loader.src = window.POS.loader;
loader.crossOrigin = "anonymous";
loader.addEventListener("load", () => {
  window.credit = Sluice.mount("#credit", {
    component,
    locale,
    title: locale === "en" ? "Credit from the bank" : "银行授信",
    fetchClientSecret: async () => {
      const body = JSON.stringify({ locale, components: ["offer_tile", "application", "dashboard"] });
      const answer = await fetch("/credit-session", {
        method: "POST", headers: { "Content-Type": "application/json" }, body,
      });
      if (!answer.ok) throw new Error(`no session: ${answer.status}`);
      return answer.json();
    },
    onEvent: (event) => {
      heard.push(event);
      document.getElementById("told").textContent = `${event.type} ${event.id || ""}`;
    },
  });
});
document.head.append(loader);
