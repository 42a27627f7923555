// The box for tags: known tags are offered with how many videos have them, a new one is a row of its own.

import { all, find } from "./dom.js";
import { refresh } from "./refresh.js";
import { send } from "./send.js";
import { say } from "./toast.js";
import { done } from "./undo.js";

const PAUSE_MS = 120;
const MOST = 12;
const same = (a, b) => a.normalize("NFC").toLowerCase() === b.normalize("NFC").toLowerCase();
const names = (text) => text.split(",").map((part) => part.trim().replace(/^#/, "")).filter(Boolean);
const cell = (tag, text) => Object.assign(document.createElement(tag), { textContent: text });

/** The tags that video `id` has now, as the page shows them. */
const given = () => all("#tags .tag a").map((link) => link.textContent);

const row = (name, note, create) => {
  const option = document.createElement("li");
  option.setAttribute("role", "option");
  option.setAttribute("aria-selected", "false");
  option.dataset.name = name;
  const text = cell("span", create ? `Create “${name}”` : name);
  text.dir = "auto";
  option.append(text, cell("small", note));
  return option;
};

/** Makes the form with the field for a tag of video `id` complete, create, and take many at once. */
export const tagBox = (form, id) => {
  const [input, list] = [find("input", form), find("#offers", form)];
  let [asking, active] = [0, -1];
  const options = () => [...list.children];
  const mark = (place) => {
    active = place;
    options().forEach((option, index) => option.setAttribute("aria-selected", index === active));
    const option = options()[active];
    option?.scrollIntoView({ block: "nearest" });
    if (option) input.setAttribute("aria-activedescendant", option.id);
    else input.removeAttribute("aria-activedescendant");
  };
  const open = (is) => {
    list.hidden = !is;
    input.setAttribute("aria-expanded", is);
    if (!is) mark(-1);
  };
  const close = () => { clearTimeout(asking); open(false); };
  const draw = (tags) => {
    const typed = names(input.value)[0] ?? "";
    const had = given();
    const rows = tags.filter(({ name }) => !had.some((it) => same(it, name))).slice(0, MOST).map(({ name, videos }) => row(name, videos === 1 ? "1 video" : `${videos} videos`));
    if (typed && ![...had, ...tags.map(({ name }) => name)].some((it) => same(it, typed))) rows.push(row(typed, "new tag", true));
    rows.forEach((option, index) => { option.id = `offer-${index}`; });
    list.replaceChildren(...rows);
    open(rows.length > 0 && document.activeElement === input);
  };
  const ask = async () => {
    const answer = await fetch(`/api/v1/tags/suggest?q=${encodeURIComponent(input.value.trim())}`).catch(() => null);
    if (answer?.ok) draw((await answer.json()).tags);
  };
  const add = async (wanted) => {
    input.value = "";
    close();
    if (!wanted.length) return;
    try {
      const { batch } = await send("POST", "/edits", { videos: [id], add: wanted });
      // First of all: what is not noted yet cannot be taken back, and drawing takes a while.
      done(batch ? `Tagged ${wanted.join(", ")}.` : "It has that tag already.", batch);
      await refresh("#tags .tags").catch(() => {});
    } catch (error) {
      input.value = wanted.join(", ");
      say(`Not saved. ${error.message}`);
    }
  };
  input.removeAttribute("list");
  // An offer can be taken with nothing typed.
  input.required = false;
  for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "false", "aria-controls": list.id, "aria-autocomplete": "list" })) input.setAttribute(name, value);
  input.addEventListener("input", () => {
    clearTimeout(asking);
    asking = setTimeout(ask, PAUSE_MS);
  });
  input.addEventListener("focus", ask);
  input.addEventListener("blur", close);
  input.addEventListener("paste", (event) => {
    const text = event.clipboardData.getData("text");
    if (!text.includes(",") && !text.includes("\n")) return;
    event.preventDefault();
    add(names(`${input.value}${text.replace(/\s*\n\s*/g, ",")}`));
  });
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      if (list.hidden) ask();
      else mark(((active + 1 + step + options().length + 1) % (options().length + 1)) - 1);
    } else if (event.key === "Escape" && !list.hidden) {
      event.stopPropagation();
      close();
    } else if (event.key === "Escape") input.blur();
    else if (event.key === "Backspace" && !input.value && !event.repeat) all("#tags .tag button").at(-1)?.click();
  });
  // On the way down, before the page sends the form as it is.
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopPropagation();
    const option = options()[active];
    add(option ? [option.dataset.name] : names(input.value));
  });
  list.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    const option = event.target.closest("[role=option]");
    if (option) add([option.dataset.name]);
  });
};
