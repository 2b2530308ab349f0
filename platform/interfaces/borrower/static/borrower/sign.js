// Counts the reading time down beside the button. The bank's server refuses an earlier signature in any case.
"use strict";
const form = document.querySelector("form[data-seconds]");
if (form) {
  const button = form.querySelector("[data-sign]");
  const waiting = form.querySelector("[data-waiting]");
  const left = form.querySelector("[data-left]");
  const until = performance.now() + Number(form.dataset.seconds) * 1000;
  const tick = () => {
    const seconds = Math.ceil((until - performance.now()) / 1000);
    button.disabled = seconds > 0;
    waiting.hidden = seconds <= 0;
    left.textContent = String(seconds);
    if (seconds > 0) setTimeout(tick, 250);
  };
  tick();
}
