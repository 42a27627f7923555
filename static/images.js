// The image gallery: hearts without a reload, a selection, and one picture by itself. Without this every form still works.

import { all, find } from "./dom.js";
import { register } from "./keys.js";
import { post } from "./send.js";
import { say } from "./toast.js";

const album = find(".album");
const bar = find("#picked");
const group = album?.dataset.group;
const tiles = () => all(".tile");
const id = (tile) => tile.dataset.image;
const link = (tile) => find("a", tile);
const fields = (values) => new URLSearchParams(values);

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
/** Sends a change; says so and gives back nothing when it was refused. */
const change = (url, values) => post(url, fields(values)).then((answer) => answer.json()).catch((error) => say(`Not saved. ${error.message}`));

// Hearts

const show = (button, on) => {
  button.setAttribute("aria-pressed", on);
  button.value = !on;
};
const loved = (tile) => find(".heart", tile).getAttribute("aria-pressed") === "true";
const love = async (tile) => {
  const on = !loved(tile);
  const both = [find(".heart", tile), ...(tiles()[at] === tile ? [heart] : [])];
  both.forEach((button) => show(button, on));
  if (!(await change(`/images/${id(tile)}/favorite`, { favorite: on }))) both.forEach((button) => show(button, !on));
};

// Every other form goes its plain way and leads to another page; the listener for videos must not take it.
document.addEventListener("submit", (event) => {
  const tile = event.target.closest(".tile");
  if (tile) {
    event.preventDefault();
    love(tile);
  }
  if (event.target === bar && event.submitter && !event.submitter.hasAttribute("formaction") && !bar.elements.name.value.trim()) {
    event.preventDefault();
    bar.elements.name.focus();
  }
  event.stopPropagation();
});

// The selection

const boxes = () => all(".pick input");
const picked = () => boxes().filter((box) => box.checked);
let last = null;
const count = () => {
  const many = picked().length;
  bar.classList.toggle("on", many > 0);
  find("[role=status]", bar).textContent = `${many.toLocaleString("en")} selected`;
  all("[data-one]", bar).forEach((button) => { button.disabled = many !== 1; });
};
album?.addEventListener("click", (event) => {
  const box = event.target.closest(".pick input");
  const tile = event.target.closest(".tile");
  if (box) {
    const [from, to] = [boxes().indexOf(last), boxes().indexOf(box)].sort((one, other) => one - other);
    if (event.shiftKey && from >= 0) boxes().slice(from, to + 1).forEach((each) => { each.checked = box.checked; });
    last = box;
    count();
  } else if (event.target.closest("a") && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    open(tiles().indexOf(tile));
  }
});
bar?.addEventListener("reset", () => setTimeout(() => {
  boxes().forEach((box) => { box.checked = false; });
  count();
}));
if (bar) count();

// One picture by itself

let at = -1;
const tool = (label, name, run) => {
  const button = make("button", { type: "button", class: "round", title: label, "aria-label": label }, icon(name));
  button.addEventListener("click", run);
  return button;
};
const picture = make("img", { alt: "" });
const name = make("bdi", {});
const place = make("span", {});
const heart = tool("Favorite", "heart", () => love(tiles()[at]));
heart.classList.add("heart");
const members = make("div", { class: "members", id: "members", role: "group", "aria-label": "Groups", hidden: "" });
const opener = tool("Groups", "list", () => toggle());
opener.setAttribute("aria-expanded", "false");
opener.setAttribute("aria-controls", "members");
const step = (by) => () => view((at + by + tiles().length) % tiles().length);
const cover = tool("Set as cover", "star", () => stand());
const out = tool("Remove from group", "trash", () => take());
const dialog = make(
  "dialog", { class: "lightbox", "aria-label": "Image" }, picture,
  make("footer", {}, members, make("p", { role: "status" }, name, " ", place),
    tool("Previous image", "left", step(-1)), tool("Next image", "right", step(1)), heart, opener, ...(group ? [cover, out] : []),
    tool("Close", "x", () => dialog.close())),
);

const view = (index) => {
  const tile = tiles()[index];
  if (!tile) return dialog.close();
  at = index;
  picture.src = link(tile).href;
  picture.alt = name.textContent = link(tile).title;
  place.textContent = `${index + 1} of ${tiles().length}`;
  show(heart, loved(tile));
  fill(tile);
};
const open = (index) => {
  if (!dialog.isConnected) document.body.append(dialog);
  dialog.showModal();
  view(index);
};
dialog.addEventListener("close", () => {
  const tile = tiles()[at];
  at = -1;
  toggle(false);
  if (tile) link(tile).focus();
});

// Its groups

const toggle = (on = members.hidden) => {
  members.hidden = !on;
  opener.setAttribute("aria-expanded", on);
  if (on) find("input", members).focus();
};
const choices = () => all("select option", bar).map((option) => [option.value, option.textContent]);
const fill = (tile) => {
  const inside = new Set(tile.dataset.groups.split(" "));
  const rows = choices().map(([value, text]) => {
    const box = make("input", { type: "checkbox" });
    box.checked = inside.has(value);
    box.addEventListener("change", async () => {
      const url = box.checked ? "/images/group" : `/images/groups/${value}/remove`;
      if (!(await change(url, { group: value, image: id(tile) }))) return void (box.checked = !box.checked);
      const now = new Set(tile.dataset.groups.split(" ").filter(Boolean));
      if (box.checked) now.add(value);
      else now.delete(value);
      tile.dataset.groups = [...now].join(" ");
    });
    return make("label", {}, box, make("bdi", {}, text));
  });
  const input = make("input", { placeholder: "New group", "aria-label": "Name of a new group", maxlength: 200, autocomplete: "off", dir: "auto" });
  input.addEventListener("keydown", async (event) => {
    if (event.key !== "Enter" || !input.value.trim()) return;
    const made = await change("/images/groups", { name: input.value, image: id(tile) });
    if (made) location.assign(made.href);
  });
  members.replaceChildren(...rows, input);
};

// In a group

const stand = async () => {
  const tile = tiles()[at];
  if (!(await change(`/images/groups/${group}/cover`, { image: id(tile) }))) return;
  for (const other of all(".is-cover")) {
    other.classList.remove("is-cover");
    find(".badge", other)?.remove();
  }
  tile.classList.add("is-cover");
  tile.append(make("span", { class: "badge" }, "Cover"));
  place.textContent = "is the cover now";
};
const take = async () => {
  const tile = tiles()[at];
  if (!(await change(`/images/groups/${group}/remove`, { image: id(tile) }))) return;
  tile.remove();
  count();
  if (!tiles().length) return location.reload();
  view(Math.min(at, tiles().length - 1));
};

// Keys: the table is what `?` shows, and what the dialog does

const rows = [
  { keys: ["ArrowLeft"], label: "Previous image", run: step(-1) },
  { keys: ["ArrowRight"], label: "Next image", run: step(1) },
  { keys: ["f"], label: "Favorite", run: () => love(tiles()[at]) },
  { keys: ["g"], label: "Groups of the image", run: () => toggle() },
  ...(group ? [{ keys: ["c"], label: "Set as cover", run: stand }, { keys: ["Delete"], label: "Remove from the group", run: take }] : []),
  { keys: ["Escape"], label: "Close the image", run: () => (members.hidden ? dialog.close() : toggle(false)) },
];
if (album) register("Open image", rows.map((row) => ({ ...row, when: () => false })));
dialog.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const row = rows.find(({ keys }) => keys.includes(key));
  if (!row || (key !== "Escape" && event.target.matches("input:not([type=checkbox])"))) return;
  event.preventDefault();
  row.run();
});
