// What every page has, also one of the past, where nothing can be changed: the theme, the search box, a look into covers.

import { find } from "./dom.js";
import { register } from "./keys.js";
import "./scrub.js";
import { suggest } from "./search.js";

// Theme

const root = document.documentElement;
const prefersLight = matchMedia("(prefers-color-scheme: light)");
find("#theme").addEventListener("click", () => {
  const now = root.dataset.theme ?? (prefersLight.matches ? "light" : "dark");
  root.dataset.theme = now === "dark" ? "light" : "dark";
  try {
    localStorage.setItem("theme", root.dataset.theme);
  } catch {
    // Storage may be switched off; the choice then lasts as long as the page.
  }
});

// Search

const search = find(".search input");
const look = () => {
  search.focus();
  search.select();
};
register("Everywhere", [{ keys: ["/"], label: "Search", run: look }]);
suggest(search);
search.addEventListener("keydown", (event) => event.key === "Escape" && !event.defaultPrevented && search.blur());
