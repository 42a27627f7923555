// The dialog that puts one video, or thousands, into a playlist: one that is there, or a new one.

import { all, find } from "./dom.js";
import { post, send } from "./send.js";
import { say } from "./toast.js";
import { done } from "./undo.js";

const make = (tag, attributes, ...inside) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...inside);
  return element;
};
const videos = (count) => (count === 1 ? "1 video" : `${count.toLocaleString("en")} videos`);
const folded = (text) => text.trim().normalize("NFC").toLowerCase();

/** Puts the videos into the list with this `id`, or into a new one called `name`; the answer names the batch. */
const put = async (ids, { id, name }) => {
  if (id && ids.length > 1) return send("POST", "/edits", { videos: ids, playlist: id });
  if (ids.length === 1) {
    const fields = id ? { playlist: id } : { name };
    return (await post(`/videos/${ids[0]}/playlists`, new URLSearchParams(fields))).json();
  }
  return (await post("/playlists", new URLSearchParams([["name", name], ...ids.map((video) => ["video", video])]))).json();
};

const shape = (ids) => {
  const input = make("input", { placeholder: "Find one, or name a new one", "aria-label": "Find a playlist, or name a new one", maxlength: 200, autocomplete: "off", enterkeyhint: "done", dir: "auto" });
  const list = make("ul", { class: "choices" });
  const cancel = make("button", { type: "button", class: "button" }, "Cancel");
  const what = ids.length === 1 ? "Add to playlist" : `Add ${videos(ids.length)} to playlist`;
  const form = make("form", { method: "dialog" }, make("h2", { id: "add-to-title" }, what), input, list, make("footer", {}, cancel));
  const dialog = make("dialog", { class: "dialog", "aria-labelledby": "add-to-title" }, form);
  cancel.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const stops = [input, ...all("button", list)];
    stops[stops.indexOf(document.activeElement) + step]?.focus();
  });
  return { dialog, form, input, list };
};

const choice = ({ name, videos: count, has }) => {
  const button = make("button", { type: "button" }, make("bdi", {}, name), make("small", {}, has ? `${videos(count)} · in it already` : videos(count)));
  return make("li", {}, button);
};

let opening = false;

/** Asks which playlist the videos with these `ids` are to go into, and puts them there. */
export const openAddTo = async (ids) => {
  if (opening || find("dialog[open]")) return;
  opening = true;
  let playlists;
  try {
    ({ playlists } = await send("GET", ids.length === 1 ? `/playlists?video=${ids[0]}` : "/playlists"));
  } catch (error) {
    say(`The playlists are not known. ${error.message}`);
    return;
  } finally {
    opening = false;
  }
  const { dialog, form, input, list } = shape(ids);
  const add = async (chosen) => {
    dialog.close();
    try {
      const { batch, skipped } = await put(ids, chosen);
      done(`Added to “${chosen.name}”.${skipped ? ` ${videos(skipped)} could not be added.` : ""}`, batch);
    } catch (error) {
      say(`Not added. ${error.message}`);
    }
  };
  let first;
  const show = () => {
    const typed = folded(input.value);
    const fitting = playlists.filter(({ name }) => folded(name).includes(typed));
    const known = playlists.find(({ name }) => folded(name) === typed);
    const rows = fitting.slice(0, 200).map((it) => [choice(it), it]);
    if (typed && !known) rows.push([make("li", {}, make("button", { type: "button" }, `Create “${input.value.trim()}”`)), { name: input.value.trim() }]);
    for (const [row, it] of rows) row.firstChild.addEventListener("click", () => add(it));
    list.replaceChildren(...rows.map(([row]) => row));
    first = typed ? (known ?? rows[0][1]) : undefined;
  };
  input.addEventListener("input", show);
  // Enter takes what was named, or the first that fits.
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (first) add(first);
  });
  show();
  document.body.append(dialog);
  dialog.showModal();
  find("input", dialog).focus();
};
