// Stars are one stop for Tab; the arrow keys move between them, Enter or Space gives them.

import { all, find } from "./dom.js";

const STEPS = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 };

const oneStop = (stars, stop) => {
  for (const button of stars.children) button.tabIndex = button === stop ? 0 : -1;
};

/** Makes every group of stars inside `root` one stop. */
export const rove = (root = document) => {
  for (const stars of all(".stars", root)) oneStop(stars, stars.children[Math.max(0, stars.dataset.n - 1)]);
};

/** Shows `n` stars, a string, in the group and on the button that clears them. */
export const showStars = (group, n) => {
  group.dataset.n = n;
  for (const button of group.children) button.setAttribute("aria-checked", button.value === n);
  const clear = find(".clear", group.closest("form"));
  if (clear) clear.disabled = n === "0";
};

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const step = STEPS[event.key];
  const stars = step && event.target.closest?.(".stars");
  if (!stars) return;
  event.preventDefault();
  const buttons = [...stars.children];
  const next = buttons[(buttons.indexOf(event.target) + step + buttons.length) % buttons.length];
  oneStop(stars, next);
  next.focus();
});
