// Where somebody was in a list, found again on the way back; and, for those who want it, a list that goes on by itself.
//
// The address always names the page that is being looked at, so that a copied link and Back lead there. Only a few pages
// are kept: what is far away is taken out and fetched again.

import { all, find } from "./dom.js";
import { keep, kept } from "./keep.js";
import { rove } from "./stars.js";

const PAGES_KEPT = 8;
/** How far ahead of the screen more is fetched, in screens. */
const AHEAD = 1.5;
const grid = find(".grid[data-page]");
const bar = find(".bar");

// Where somebody was: the first card that is seen and where it is drawn, and the card with the focus

const seen = () => all(".card", grid).find((card) => card.getBoundingClientRect().bottom > bar.offsetHeight);
const remember = () => {
  const card = grid && seen();
  if (!card) return;
  const focus = document.activeElement.closest(".card")?.id;
  history.replaceState({ ...history.state, card: card.id, top: card.getBoundingClientRect().top, focus, y: scrollY }, "");
};
addEventListener("pagehide", remember);
// Some browsers keep what is known of a page from before `pagehide`.
addEventListener("click", ({ target }) => target.closest("a") && remember());

// Where somebody was may be on a page that is still to come, so it is gone to again until somebody moves.
let wanted;
const restore = () => {
  const { card, top, focus, y } = wanted ?? {};
  const here = card && document.getElementById(card);
  if (here && y > 0) scrollBy({ top: here.getBoundingClientRect().top - top, behavior: "instant" });
  const focused = focus && document.getElementById(focus);
  if (focused) find("h2 a", focused)?.focus({ preventScroll: true });
};
for (const type of ["wheel", "pointerdown", "keydown"]) addEventListener(type, () => { wanted = null; }, { passive: true });
const [navigation] = performance.getEntriesByType("navigation");
if (grid && ["back_forward", "reload"].includes(navigation?.type)) {
  wanted = history.state;
  restore();
}

// The list that goes on

const endless = find("#endless");
const pager = find(".pager");
const status = document.createElement("p");
status.className = "more-coming vh";
status.setAttribute("role", "status");
let on = false;
let loading = false;
let pages = [];

const drawn = async (href) => {
  const answer = await fetch(href);
  if (!answer.ok) throw new Error(String(answer.status));
  const there = new DOMParser().parseFromString(await answer.text(), "text/html");
  const cards = all(".grid[data-page] > .card", there).filter((card) => !document.getElementById(card.id));
  const hrefOf = (rel) => find(`.pager [rel="${rel}"]`, there)?.getAttribute("href");
  return { number: Number(find(".grid[data-page]", there)?.dataset.page), href, cards, previous: hrefOf("prev"), next: hrefOf("next") };
};

/** Does what changes the height above the screen, and keeps on screen what is there. */
const still = (act) => {
  const anchor = seen();
  const top = anchor?.getBoundingClientRect().top;
  act();
  if (anchor?.isConnected) scrollBy({ top: anchor.getBoundingClientRect().top - top, behavior: "instant" });
};
const drop = (page) => still(() => page.cards.forEach((card) => card.remove()));

const more = async (forward) => {
  const edge = forward ? pages.at(-1) : pages[0];
  const href = forward ? edge?.next : edge?.previous;
  if (!href || loading) return;
  loading = true;
  status.textContent = "Loading more videos.";
  try {
    const page = await drawn(href);
    if (!on) return;
    if (forward) {
      grid.append(...page.cards);
      pages.push(page);
      if (pages.length > PAGES_KEPT) drop(pages.shift());
    } else {
      still(() => grid.prepend(...page.cards));
      pages.unshift(page);
      if (pages.length > PAGES_KEPT) drop(pages.pop());
    }
    rove(grid);
    restore();
    status.textContent = forward && !page.next ? "These are all videos." : `Page ${page.number} loaded.`;
    dispatchEvent(new CustomEvent("cards"));
  } catch {
    status.textContent = "The next videos could not be loaded. The numbers of the pages still work.";
    stop();
  } finally {
    loading = false;
  }
  look();
};

const look = () => {
  if (!on) return;
  const { top, bottom } = grid.getBoundingClientRect();
  const ahead = pages.at(-1)?.next;
  if (ahead && bottom < innerHeight * (1 + AHEAD)) more(true);
  else if (top > -innerHeight * AHEAD && (scrollY > 0 || !ahead)) more(false);
  const card = seen();
  const page = pages.find(({ cards }) => cards.includes(card));
  if (page && page.href !== location.pathname + location.search) history.replaceState(history.state, "", page.href);
};
let waiting = false;
const later = () => {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    look();
  });
};

const start = () => {
  if (!grid || !pager || on) return;
  on = true;
  const hrefOf = (rel) => find(`[rel="${rel}"]`, pager)?.getAttribute("href");
  const href = location.pathname + location.search;
  pages = [{ number: Number(grid.dataset.page), href, cards: all(".card", grid), previous: hrefOf("prev"), next: hrefOf("next") }];
  pager.before(status);
  grid.classList.add("endless");
  history.scrollRestoration = "manual";
  addEventListener("scroll", later, { passive: true });
  addEventListener("resize", later);
  look();
};
const stop = () => {
  on = false;
  grid.classList.remove("endless");
  removeEventListener("scroll", later);
  removeEventListener("resize", later);
};
if (endless) {
  endless.checked = kept("endless") === "on";
  endless.addEventListener("change", () => {
    keep("endless", endless.checked ? "on" : "off");
    if (endless.checked) start();
    else stop();
  });
  if (endless.checked) start();
}
