// Lists of videos: their look, the menus above them, and the keys that move between cards. What changes something is in
// gallery.js.

import { all, find } from "./dom.js";
import { keep } from "./keep.js";
import { register } from "./keys.js";
import "./scroll.js";

// Look: theme.js sets before the first paint what is kept here

const root = document.documentElement;
const density = find("#density");
if (density) {
  density.value = parseInt(getComputedStyle(root).getPropertyValue("--card"), 10);
  density.addEventListener("input", () => {
    root.style.setProperty("--card", `${density.value}px`);
    keep("card", density.value);
  });
}
for (const details of all("[data-keep]")) {
  details.addEventListener("toggle", () => keep(details.dataset.keep, details.open ? "open" : "shut"));
}

// Menus close when somebody goes elsewhere

const shut = (menu) => { menu.open = false; };
addEventListener("click", ({ target }) => all(".menu[open]").filter((menu) => !menu.contains(target)).forEach(shut));
addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && find(".menu[open]");
  if (!menu) return;
  event.preventDefault();
  shut(menu);
  find("summary", menu).focus();
});

// Cards

/** The link of a card to its video. */
export const link = (card) => find("h2 a", card);
/** The card that has the focus. */
export const current = () => document.activeElement.closest(".card");
const go = (card) => card && link(card).focus();
const firstSeen = () => all(".card").find((card) => card.getBoundingClientRect().bottom > find(".bar").offsetHeight + 40);

/** The card nearest above or below `card`, by where they are drawn. */
const beside = (card, down) => {
  const { top, left, width } = card.getBoundingClientRect();
  const off = (other) => Math.abs(other.left + other.width / 2 - left - width / 2);
  let best;
  for (const other of all(".card")) {
    const at = other.getBoundingClientRect();
    if (down ? at.top <= top + 1 : at.top >= top - 1) continue;
    // A nearer row is better than any card in a row further off.
    const rows = Math.abs(at.top - top);
    if (!best || rows < best.rows - 1 || (rows < best.rows + 1 && off(at) < best.off)) best = { other, rows, off: off(at) };
  }
  return best?.other;
};
const step = (by) => {
  const cards = all(".card");
  const card = current();
  go(card ? cards[cards.indexOf(card) + by] : firstSeen());
};

const shuffled = () => find('.sorts [aria-current][href*="sort=random"]');
/** Whether a card has the focus. */
export const focused = () => Boolean(current());

register("Videos", [
  { keys: ["ArrowLeft"], label: "The video before", run: () => step(-1) },
  { keys: ["ArrowRight"], label: "The next video", run: () => step(1) },
  { keys: ["ArrowUp"], label: "The video above", when: focused, run: () => go(beside(current(), false)) },
  { keys: ["ArrowDown"], label: "The video below", when: focused, run: () => go(beside(current(), true)) },
  { keys: ["Enter"], label: "Watch it", when: () => false, run: () => {} },
  { keys: ["r"], label: "Shuffle again, when shuffled", when: shuffled, run: () => shuffled().click() },
]);

// Tags complete themselves

for (const input of all("[data-complete]")) {
  input.addEventListener("focus", async () => (await import("./complete.js")).complete(input), { once: true });
}
