// Selecting videos, and doing one thing to all of them. What is selected lives as long as the page.

import { all, find } from "./dom.js";
import { register } from "./keys.js";
import { redraw } from "./refresh.js";
import { send } from "./send.js";
import { showStars } from "./stars.js";
import { say } from "./toast.js";
import { done } from "./undo.js";

const PRESS_MS = 500;
const PAUSE_MS = 150;
const root = document.documentElement;
const selected = new Set();
let last = null;
/** A long press was taken for what it is, and the finger may still be down. */
let held = false;

const make = (tag, attributes, ...inside) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...inside);
  return element;
};
const icon = (name) => {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  svg.classList.add("i");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
};
const videos = (count) => (count === 1 ? "1 video" : `${count.toLocaleString("en")} videos`);
const cards = () => all(".grid .card");
const id = (card) => Number(card.dataset.video);
const on = () => selected.size > 0;

// The bar

const count = make("b", { role: "status" });
const everything = make("button", { type: "button", class: "plain" });
const button = (label, name) => make("button", { type: "button", class: "button", title: label }, icon(name), make("span", {}, label));
const tags = button("Tags", "tag");
const heart = button("Favorite", "heart");
const list = button("Add to playlist", "add-to");
const close = make("button", { type: "button", class: "round", title: "Leave the selection", "aria-label": "Leave the selection" }, icon("x"));
const grades = [5, 4, 3, 2, 1, 0].map((stars) => make("button", { type: "button", value: stars }, stars ? "★".repeat(stars) : "Clear"));
grades.forEach((grade) => grade.value > 0 && grade.setAttribute("aria-label", `${grade.value} of 5 stars`));
const rating = make("details", { class: "menu", name: "menu" }, make("summary", { class: "button", title: "Rate" }, icon("star"), make("span", {}, "Rate")), make("div", { class: "sheet" }, ...grades));
const bar = make("section", { class: "picked", "aria-label": "Selection", hidden: "" }, count, everything, make("div", {}, tags, rating, heart, list), close);
find(".grid")?.after(bar);

let asking;
const sum = () => {
  clearTimeout(asking);
  asking = setTimeout(async () => {
    const asked = [...selected];
    const known = asked.length && await send("POST", "/selection", { videos: asked }).catch(() => null);
    if (known && asked.length === selected.size) heart.setAttribute("aria-pressed", known.favorites === 0 ? "false" : known.favorites === known.count ? "true" : "mixed");
  }, PAUSE_MS);
};

const show = () => {
  for (const card of cards()) {
    const is = selected.has(id(card));
    card.classList.toggle("is-picked", is);
    const box = find(".pick input", card);
    if (box) box.checked = is;
  }
  root.classList.toggle("picking", on());
  bar.hidden = !on();
  count.textContent = `${selected.size.toLocaleString("en")} selected`;
  const total = Number(find(".grid")?.dataset.total);
  everything.textContent = `Select all ${total.toLocaleString("en")}`;
  everything.hidden = selected.size >= total || !cards().every((card) => selected.has(id(card)));
  sum();
};

/** Selects a card or not; with `range`, all cards from the last one on. */
const pick = (card, is, range = false) => {
  const there = cards();
  const from = range && last?.isConnected ? there.indexOf(last) : there.indexOf(card);
  const to = there.indexOf(card);
  for (const each of there.slice(Math.min(from, to), Math.max(from, to) + 1)) {
    if (is) selected.add(id(each));
    else selected.delete(id(each));
  }
  last = card;
  show();
};
const toggle = (card, range) => pick(card, range || !selected.has(id(card)), range);
const leave = () => {
  const within = bar.contains(document.activeElement);
  selected.clear();
  show();
  if (within && last?.isConnected) find("h2 a", last).focus();
};

// Boxes

const box = () => {
  for (const card of cards().filter((card) => !find(".pick", card))) {
    const input = make("input", { type: "checkbox", "aria-label": `Select ${find("h2 a", card).title}` });
    card.prepend(make("label", { class: "pick", "data-own": "" }, input));
  }
  show();
};
box();
addEventListener("cards", box);

addEventListener("click", (event) => {
  const card = event.target.closest?.(".grid .card");
  if (!card) return;
  if (held) {
    // The click that ends a long press is part of it.
    held = false;
    event.preventDefault();
    return;
  }
  if (event.target.matches(".pick input")) return pick(card, event.target.checked, event.shiftKey);
  // While something is selected, a click on a card selects as well; its buttons and tags stay what they are.
  if (!on() || event.target.closest("form, .tags, .pick")) return;
  event.preventDefault();
  toggle(card, event.shiftKey);
}, true);

// A long press begins to select where there is no pointer that could hover

let pressing;
const lift = () => clearTimeout(pressing);
const hold = (card) => {
  lift();
  if (held) return;
  held = true;
  toggle(card, false);
};
const touched = (event) => event.pointerType === "touch" && !event.target.closest?.("form, .tags") && event.target.closest?.(".grid .card");
addEventListener("pointerdown", (event) => {
  held = false;
  const card = touched(event);
  if (card) pressing = setTimeout(hold, PRESS_MS, card);
});
for (const type of ["pointerup", "pointercancel", "scroll", "scrub"]) addEventListener(type, lift, { passive: true });
// Some browsers take a long press for a question about the link.
addEventListener("contextmenu", (event) => {
  const card = touched(event);
  if (!card) return;
  event.preventDefault();
  hold(card);
});

// Keys

const current = () => document.activeElement.closest(".grid .card");
const page = () => {
  for (const card of cards()) selected.add(id(card));
  show();
};
register("Selection", [
  { keys: ["x"], label: "Select the video", when: current, run: () => toggle(current(), false) },
  { keys: ["Shift+x"], label: "Select up to this video", when: current, run: () => toggle(current(), true) },
  { keys: ["Ctrl+a"], label: "Select the page", when: () => false, run: page },
  { keys: ["Escape"], label: "Leave the selection", when: () => on() && !find(".menu[open]"), run: leave },
]);
addEventListener("keydown", (event) => {
  const mine = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "a";
  if (!mine || !(on() || current()) || event.target.matches("input:not([type=checkbox]), textarea") || find("dialog[open]")) return;
  event.preventDefault();
  page();
});

// What is done to all of them

/** Shows the change on the cards at once; gives back what takes it away. */
const preview = (ids, { stars, favorite }) => {
  const undo = [];
  for (const card of ids.map((video) => document.getElementById(`v${video}`)).filter(Boolean)) {
    const [group, button] = [find(".stars", card), find(".heart", card)];
    const [given, loved] = [group.dataset.n, button.getAttribute("aria-pressed") === "true"];
    const love = (is) => { button.setAttribute("aria-pressed", is); button.value = !is; };
    if (stars !== undefined) showStars(group, String(stars ?? 0));
    if (favorite !== undefined) love(favorite);
    undo.push(() => { showStars(group, given); love(loved); });
  }
  return () => undo.forEach((step) => step());
};
const edit = async (change, told) => {
  const ids = [...selected];
  const takeBack = preview(ids, change);
  try {
    const { batch, events, skipped } = await send("POST", "/edits", { videos: ids, ...change });
    const changed = `${videos(events)} changed, ${videos(Math.max(0, ids.length - events - skipped))} had it already`;
    const details = `${changed}${skipped ? `, ${videos(skipped)} could not be changed: gone, or full` : ""}.`;
    done(`${told} ${videos(ids.length - skipped)}.`, batch, { label: "Details", run: () => done(details, batch) });
    sum();
  } catch (error) {
    takeBack();
    say(`Not saved. ${error.message}`);
  }
};

tags.addEventListener("click", async () => {
  const { openTagging } = await import("./tagging.js");
  openTagging([...selected], `Tags of ${videos(selected.size)}`, sum);
});
for (const grade of grades) {
  grade.addEventListener("click", () => {
    rating.open = false;
    const stars = Number(grade.value) || null;
    edit({ stars }, stars ? `Gave ${stars} of 5 to` : "Cleared the rating of");
  });
}
heart.addEventListener("click", () => {
  const favorite = heart.getAttribute("aria-pressed") !== "true";
  edit({ favorite }, favorite ? "Added to favorites:" : "No longer favorites:");
});
list.addEventListener("click", async () => (await import("./add-to.js")).openAddTo([...selected]));
close.addEventListener("click", leave);
everything.addEventListener("click", async () => {
  try {
    const from = encodeURIComponent(location.pathname + location.search);
    const { videos: found, total } = await send("GET", `/select?from=${from}`);
    found.forEach((video) => selected.add(video));
    show();
    if (found.length < total) say(`${videos(found.length)} of ${total.toLocaleString("en")} are selected: more do not go at once.`);
  } catch (error) {
    say(`Not selected. ${error.message}`);
  }
});

addEventListener("pageshow", (event) => event.persisted && redraw().catch(() => {}).then(box));
