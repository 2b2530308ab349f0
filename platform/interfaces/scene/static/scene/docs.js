"use strict";

// A button on every block of code; without this file the pages lack nothing else.
for (const block of document.querySelectorAll("main pre")) {
  const button = document.createElement("button");
  const { copy, copied } = document.body.dataset;
  button.type = "button";
  button.className = "docs-copy";
  button.textContent = copy;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(block.querySelector("code").textContent);
    button.textContent = copied;
    setTimeout(() => { button.textContent = copy; }, 1500);
  });
  const frame = document.createElement("div");
  frame.className = "docs-code";
  block.replaceWith(frame);
  frame.append(block, button);
}
