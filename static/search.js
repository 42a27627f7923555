// Suggestions under the search box: a combobox whose list is videos and tags. Enter without a choice searches.

const PAUSE_MS = 120;
const LIST = "suggestions";

const make = (tag, attributes, ...inside) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...inside);
  return element;
};

let number = 0;
const option = ({ href }, ...inside) => {
  number += 1;
  return make("a", { id: `suggestion-${number}`, role: "option", "aria-selected": "false", tabindex: "-1", href }, ...inside);
};
const group = (name, options) => {
  const title = make("p", { role: "presentation" }, name);
  return options.length ? [make("div", { role: "group", "aria-label": name }, title, ...options)] : [];
};
const picture = ({ cover }) => {
  const box = make("i", { class: "thumb" });
  if (cover) box.append(make("img", { src: `${cover}/320.jpg`, alt: "", decoding: "async", width: 48, height: 27 }));
  return box;
};
const videos = (found) => found.map((video) => option(video, picture(video), make("span", { dir: "auto" }, video.title)));
const tags = (found) =>
  found.map((tag) => option(tag, make("span", { dir: "auto" }, tag.name), " ", make("small", {}, tag.videos === 1 ? "1 video" : `${tag.videos} videos`)));

/** Offers videos and tags while somebody types into `input`. */
export const suggest = (input) => {
  const list = make("div", { id: LIST, class: "suggestions", role: "listbox", "aria-label": "Suggestions" });
  const told = make("span", { class: "vh", role: "status" });
  list.hidden = true;
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-controls": LIST, "aria-expanded": "false" })) {
    input.setAttribute(name, value);
  }
  input.form.append(list, told);

  let options = [];
  let chosen = -1;
  const choose = (index) => {
    options[chosen]?.setAttribute("aria-selected", "false");
    chosen = index;
    const now = options[chosen];
    now?.setAttribute("aria-selected", "true");
    now?.scrollIntoView({ block: "nearest" });
    if (now) input.setAttribute("aria-activedescendant", now.id);
    else input.removeAttribute("aria-activedescendant");
  };
  const show = (groups) => {
    list.replaceChildren(...groups);
    options = [...list.querySelectorAll("[role=option]")];
    choose(-1);
    list.hidden = !options.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    told.textContent = options.length ? `${options.length} suggestions` : "";
  };

  let asking;
  let wanted;
  const close = () => {
    clearTimeout(asking);
    wanted?.abort();
    show([]);
  };
  const ask = async () => {
    wanted?.abort();
    wanted = new AbortController();
    try {
      // With the moment that the page is of, if it is of the past.
      const answer = await fetch(`/suggest?${new URLSearchParams(new FormData(input.form))}`, { signal: wanted.signal });
      const found = answer.ok && document.activeElement === input ? await answer.json() : { videos: [], tags: [] };
      // Who is choosing already is not interrupted by a late answer.
      if (chosen < 0) show([...group("Videos", videos(found.videos)), ...group("Tags", tags(found.tags))]);
    } catch {
      // A newer question was asked, or there is no server; searching says so.
    }
  };

  input.addEventListener("input", () => {
    clearTimeout(asking);
    choose(-1);
    asking = setTimeout(ask, PAUSE_MS);
  });
  input.addEventListener("blur", close);
  // What is pressed keeps the focus in the box, so that the list is still there when it is let go.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  input.form.addEventListener("submit", close);
  const step = (by) => choose(((chosen + 1 + by + options.length + 1) % (options.length + 1)) - 1);
  const act = {
    ArrowDown: () => (options.length ? step(1) : ask()),
    ArrowUp: () => step(-1),
    Escape: close,
    Enter: () => options[chosen].click(),
  };
  input.addEventListener("keydown", (event) => {
    const { key } = event;
    if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey || !act[key]) return;
    if (key === "Enter" && chosen < 0) return;
    if ((key === "Escape" || key === "ArrowUp") && list.hidden) return;
    event.preventDefault();
    act[key]();
  });
};
