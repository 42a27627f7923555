// Lists of videos: their look, the menus above them, and the keys that move between cards and act on them.

import { all, find } from "./dom.js";
import { keep } from "./keep.js";
import { register } from "./keys.js";
import "./scroll.js";
import "./select.js";

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

const link = (card) => find("h2 a", card);
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

const rate = (card, stars) => {
  const form = find("form", card);
  const button = find(`.stars [value="${stars}"]`, form) ?? document.createElement("button");
  if (!button.form) {
    // Nobody can click on no stars; the same form is sent by a button that is there for a moment.
    Object.assign(button, { name: "stars", value: stars, hidden: true });
    form.append(button);
  }
  form.requestSubmit(button);
  if (button.hidden) button.remove();
};
const tag = async (card) => (await import("./tagging.js")).openTagging([Number(card.dataset.video)], link(card).title);
const shuffled = () => find('.sorts [aria-current][href*="sort=random"]');
const focused = () => Boolean(current());

register("Videos", [
  { keys: ["ArrowLeft"], label: "The video before", run: () => step(-1) },
  { keys: ["ArrowRight"], label: "The next video", run: () => step(1) },
  { keys: ["ArrowUp"], label: "The video above", when: focused, run: () => go(beside(current(), false)) },
  { keys: ["ArrowDown"], label: "The video below", when: focused, run: () => go(beside(current(), true)) },
  { keys: ["Enter"], label: "Watch it", when: () => false, run: () => {} },
  { keys: ["f"], label: "Favorite", when: focused, run: () => find(".heart", current()).click() },
  { keys: ["1", "2", "3", "4", "5"], label: "Rate", when: focused, run: (key) => rate(current(), key) },
  { keys: ["0"], label: "Clear the rating", when: focused, run: () => rate(current(), "0") },
  { keys: ["t"], label: "Tags", when: focused, run: () => tag(current()) },
  { keys: ["r"], label: "Shuffle again, when shuffled", when: shuffled, run: () => shuffled().click() },
]);

// While the folders are read for the first time, what was found so far appears by itself

const LOOK_AGAIN_MS = 1000;
const lookAgain = async () => {
  const answer = await fetch(location.href).catch(() => null);
  const there = answer?.ok && new DOMParser().parseFromString(await answer.text(), "text/html");
  if (there && !find(".card") && (find(".card", there) || !find("[data-scanning]", there))) return location.reload();
  // What is on the page stays where it is; only the count goes on.
  if (there && find(".head .sub", there)) find(".head .sub")?.replaceWith(find(".head .sub", there));
  if (find("[data-scanning]")) setTimeout(lookAgain, LOOK_AGAIN_MS);
};
if (find("[data-scanning]")) setTimeout(lookAgain, LOOK_AGAIN_MS);

// Tags complete themselves

for (const input of all("[data-complete]")) {
  input.addEventListener("focus", async () => (await import("./complete.js")).complete(input), { once: true });
}

