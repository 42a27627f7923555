// The dialog that gives tags to one video or to thousands, and takes them away: what all have, some have, or none.

import { complete } from "./complete.js";
import { find } from "./dom.js";
import { redraw } from "./refresh.js";
import { send } from "./send.js";
import { say } from "./toast.js";
import { done } from "./undo.js";

const ALL = "true";
const SOME = "mixed";
const NONE = "false";
/** More tags than these are not shown; they can still be typed. */
const MOST = 60;

const make = (tag, attributes, ...inside) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...inside);
  return element;
};

/** A tag as a button of three states. What only some have can be given to all, taken from all, or left. */
const chip = (name, was, count) => {
  const button = make("button", { type: "button", class: "tag", role: "checkbox", "aria-checked": was, dir: "auto" }, name);
  if (was === SOME) button.append(" ", make("small", {}, String(count)));
  button.addEventListener("click", () => {
    const turn = was === SOME ? [SOME, ALL, NONE] : [ALL, NONE];
    const now = button.getAttribute("aria-checked");
    button.setAttribute("aria-checked", turn[(turn.indexOf(now) + 1) % turn.length]);
  });
  return { name, was, button, now: () => button.getAttribute("aria-checked") };
};
const same = (a, b) => a.normalize("NFC").toLowerCase() === b.normalize("NFC").toLowerCase();

const shape = (what) => {
  const field = { name: "tag", maxlength: 500, placeholder: "Add a tag", "aria-label": "Add a tag", autocomplete: "off", autocapitalize: "off", enterkeyhint: "done" };
  const input = make("input", field);
  const list = make("div", { class: "tags", role: "group", "aria-label": "Tags" });
  const cancel = make("button", { type: "button", class: "button" }, "Cancel");
  const save = make("button", { class: "button first" }, "Save");
  const form = make("form", { method: "dialog" }, make("h2", { id: "tagging-title", dir: "auto" }, what), list, input, make("footer", {}, cancel, save));
  const dialog = make("dialog", { class: "dialog", "aria-labelledby": "tagging-title" }, form);
  cancel.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  return { dialog, form, list, input };
};

const edit = async (videos, what, add, remove) => {
  try {
    const { batch, videos: changed, skipped } = await send("POST", "/edits", { videos, add, remove });
    const left = skipped ? ` ${skipped} could not be tagged.` : "";
    const text = changed ? `Tagged ${changed === 1 ? "1 video" : `${changed} videos`}.${left}` : `Nothing to change.${left}`;
    const details = [add.length && `Added ${add.join(", ")}.`, remove.length && `Removed ${remove.join(", ")}.`].filter(Boolean).join(" ");
    // First of all: what is not noted yet cannot be taken back, and drawing takes a while.
    done(text, batch, { label: "Details", run: () => done(details + left, batch) });
    await redraw().catch(() => {});
  } catch (error) {
    say(`Not saved. ${error.message}`);
  }
};

/** Asks for the tags of `videos`, called `what`; `then` is called after they were changed. */
export const openTagging = async (videos, what, then = () => {}) => {
  let known;
  try {
    known = await send("POST", "/selection", { videos });
  } catch (error) {
    return say(`The tags are not known. ${error.message}`);
  }
  const { dialog, form, list, input } = shape(what);
  const chips = known.tags.slice(0, MOST).map(({ name, videos: count }) => chip(name, count === known.count ? ALL : SOME, count));
  list.append(...chips.map(({ button }) => button));
  const add = () => {
    for (const name of input.value.split(",").map((part) => part.trim().replace(/^#/, "")).filter(Boolean)) {
      const there = chips.find((known) => same(known.name, name));
      if (there) there.button.setAttribute("aria-checked", ALL);
      else {
        const fresh = chip(name, NONE, 0);
        fresh.button.setAttribute("aria-checked", ALL);
        chips.push(fresh);
        list.append(fresh.button);
      }
    }
    input.value = "";
  };
  form.addEventListener("submit", async (event) => {
    const typed = input.value.trim();
    add();
    // Enter adds what was typed; Enter on nothing, or the button, saves.
    if (typed && event.submitter && document.activeElement === input) return event.preventDefault();
    const names = (state) => chips.filter((tag) => tag.was !== tag.now() && tag.now() === state).map((tag) => tag.name);
    const [given, taken] = [names(ALL), names(NONE)];
    if (!given.length && !taken.length) return;
    await edit(videos, what, given, taken);
    then();
  });
  document.body.append(dialog);
  dialog.showModal();
  complete(input);
  find("input", dialog).focus();
};
