// One table of keys: what is in it is what keys do, and what the overlay of `?` shows.

import { find } from "./dom.js";

const EVERYWHERE = "Everywhere";
const NAMES = { " ": "Space", ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", Escape: "Esc" };
/** Keys that a slider needs for itself, unless it says `data-keys`. */
const SLIDES = /^(Arrow|Page|Home|End)/;
/** How long the second key of two may take. */
const PATIENCE_MS = 2000;
const groups = new Map();

/** Adds rows to the table: `keys` are named as `name` does, two after one another with a space between ("r 4"). `run` is
 *  called with the key that was pressed, if there is no `when` or it agrees. */
export const register = (group, rows) => groups.set(group, [...(groups.get(group) ?? []), ...rows]);

/** The key of an event: letters as on the keyboard, whatever they write; Shift only where the sign does not tell. */
const name = ({ key, code, shiftKey }) => {
  const latin = /^[a-z]$/i.test(key) ? key : code.match(/^Key([A-Z])$/)?.[1];
  const sign = latin?.toLowerCase() ?? key;
  return shiftKey && (latin || key.length > 1) ? `Shift+${sign}` : sign;
};

/** Whether a key pressed on `target` means something there already. */
const taken = (target, key) => {
  if (!target.matches) return false;
  if (target.matches("[type=range]")) return SLIDES.test(key) && !target.matches("[data-keys]");
  if (target.matches("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]")) return true;
  return (key === " " || key === "Enter") && target.matches("button, a, summary, input");
};

let first = "";
let pressedAt = 0;
addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (taken(event.target, event.key) || find("dialog[open]")) return;
  const key = name(event);
  const pair = first && event.timeStamp - pressedAt < PATIENCE_MS ? `${first} ${key}` : "";
  const rows = [...groups.values()].flat().filter(({ when }) => !when || when());
  const row = rows.find(({ keys }) => keys.includes(pair)) ?? rows.find(({ keys }) => keys.includes(key));
  const opens = rows.some(({ keys }) => keys.some((known) => known.startsWith(`${key} `)));
  if (event.key !== "Shift") [first, pressedAt] = opens ? [key, event.timeStamp] : ["", 0];
  if (!row) return;
  event.preventDefault();
  row.run(key);
});

// The overlay

const make = (tag, ...inside) => {
  const element = document.createElement(tag);
  element.append(...inside);
  return element;
};
const cap = (key) => make("kbd", key.split("+").map((part) => NAMES[part] ?? (/^[a-z]$/.test(part) ? part.toUpperCase() : part)).join(" + "));
const caps = (key) => (key === " " ? [cap(key)] : key.split(" ").map(cap));
/** Many keys in a row are shown as the first and the last. */
const shown = ({ keys }) => (keys.length < 5 ? keys.flatMap(caps) : [...caps(keys[0]), "to", cap(keys.at(-1).slice(-1))]);
const section = ([group, rows]) => {
  const list = make("dl", ...rows.map((row) => make("div", make("dt", ...shown(row)), make("dd", row.label))));
  return make("section", make("h3", group), list);
};

/** Shows all keys of this page. */
export const showKeys = () => {
  const close = make("button", "Close");
  const title = make("h2", "Keys");
  const dialog = make("dialog", make("header", title, close));
  title.id = "keys-title";
  close.className = "button";
  dialog.className = "keys";
  dialog.setAttribute("aria-labelledby", title.id);
  const sorted = [...groups].sort(([a], [b]) => (a === EVERYWHERE) - (b === EVERYWHERE));
  dialog.append(...sorted.map(section));
  dialog.addEventListener("click", ({ target }) => (target === dialog || target === close) && dialog.close());
  dialog.addEventListener("keydown", ({ key }) => key === "?" && dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  (document.fullscreenElement ?? document.body).append(dialog);
  dialog.showModal();
};

register(EVERYWHERE, [{ keys: ["?"], label: "All keys", run: showKeys }]);
