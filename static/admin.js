// The dashboard, kept up to date while somebody looks: often while something is going on, seldom else, and soon after a
// change. Nothing is asked for while the page is hidden.

import { all, find } from "./dom.js";
import { onChange } from "./live.js";
import { drawn } from "./refresh.js";

const SOON_MS = 500;
const BUSY_MS = 1000;
const QUIET_MS = 5000;

const cards = (within) => all("section[id], nav[id]", find("#dashboard", within));

/** Puts `there` where `here` is, opened and scrolled as it was; not while somebody is about to press something in it. */
const replace = (here, there) => {
  if (find(":focus-visible", here)) return;
  const opened = all("details", there);
  all("details", here).forEach((details, i) => opened[i]?.toggleAttribute("open", details.open));
  if (here.isEqualNode(there)) return;
  const places = all(".scroll", here).map(({ scrollLeft, scrollTop }) => [scrollLeft, scrollTop]);
  here.replaceWith(there);
  all(".scroll", there).forEach((region, i) => region.scrollTo(...(places[i] ?? [0, 0])));
};

const show = (fresh) => {
  const [here, there] = [find("#dashboard"), find("#dashboard", fresh)];
  if (!there) return;
  const [known, drawn] = [cards(document), new Map(cards(fresh).map((card) => [card.id, card]))];
  here.toggleAttribute("data-busy", there.hasAttribute("data-busy"));
  if (known.length === drawn.size && known.every(({ id }) => drawn.has(id))) {
    known.forEach((card) => replace(card, drawn.get(card.id)));
  } else if (!find(":focus-visible", here)) {
    here.replaceWith(there);
  }
};

let [timer, due, looking, again] = [0, Infinity, false, false];
const plan = (within) => {
  const at = Date.now() + within;
  again = looking;
  if (document.hidden || looking || at >= due) return;
  clearTimeout(timer);
  due = at;
  timer = setTimeout(look, within);
};
const look = async () => {
  [due, looking, again] = [Infinity, true, false];
  const fresh = await drawn().catch(() => null);
  if (fresh) show(fresh);
  looking = false;
  plan(again ? SOON_MS : find("#dashboard").hasAttribute("data-busy") ? BUSY_MS : QUIET_MS);
};

document.addEventListener("visibilitychange", () => {
  clearTimeout(timer);
  due = Infinity;
  plan(0);
});
onChange(() => plan(SOON_MS));
// What is carried away leaves the page as it is, and is work to look at.
document.addEventListener("submit", () => plan(SOON_MS));
plan(BUSY_MS);
