// Parts of this page as the server draws them now; what is drawn there is drawn nowhere else.

import { all, find } from "./dom.js";
import { rove } from "./stars.js";

/** This page anew. Fails if the server cannot draw it now; that it is gone is an answer. */
export const drawn = async () => {
  const answer = await fetch(location.href);
  if (!answer.ok && answer.status !== 404) throw new Error(`the page could not be drawn anew: ${answer.status}`);
  return new DOMParser().parseFromString(await answer.text(), "text/html");
};

/** Replaces the first match of each selector by what the server draws there now. */
export const refresh = async (...selectors) => {
  const fresh = await drawn();
  for (const selector of selectors) {
    const [here, there] = [find(selector), find(selector, fresh)];
    if (here && there) here.replaceWith(there);
    else if (here) location.reload();
  }
  rove();
};

/** Whether the server draws `there` as it is `here`, but for what is of this page alone. */
const same = (here, there) => {
  const bare = here.cloneNode(true);
  all("[data-own]", bare).forEach((own) => own.remove());
  return bare.isEqualNode(there);
};

/** Waits for whoever is in `dialog` to leave it. */
const left = (dialog) => new Promise((resolve) => dialog.addEventListener("close", resolve, { once: true }));

let latest = 0;
/** Brings everything that people change up to date. Cards stay where they are, with the focus and the place of the page.
 *  Nothing is replaced if it is `unwanted` when the server has drawn it; then the answer is false. */
export const redraw = async (unwanted = () => false) => {
  latest += 1;
  const mine = latest;
  const fresh = await drawn();
  // What was asked for later knows more, and may have been drawn already.
  if (mine !== latest) return true;
  if (unwanted()) return false;
  const dialog = find("dialog[open]");
  if (dialog) {
    // It gives the focus back to what had it, which must not have been replaced by then.
    await left(dialog);
    return mine !== latest || redraw(unwanted);
  }
  for (const selector of [".head .sub", ".acts", "#tags .tags"]) {
    const [here, there] = [find(selector), find(selector, fresh)];
    if (here && there) here.replaceWith(there);
  }
  for (const here of all("[data-redraw]")) {
    const there = fresh.getElementById(here.id);
    if (there) here.replaceWith(there);
    else location.reload();
  }
  for (const card of all(".card")) {
    const there = fresh.getElementById(card.id);
    if (!there) continue;
    const within = card.contains(document.activeElement) && document.activeElement;
    // What looks the same stays, so that no picture is drawn anew.
    const [cover, fresher] = [find(".cover", card), find(".cover", there)];
    if (cover && same(cover, fresher)) fresher.replaceWith(cover);
    const stop = within && [...card.querySelectorAll("a, button")].indexOf(within);
    // A mark of this page alone, such as the box to select it, is not the server's to draw.
    card.replaceChildren(...[...card.children].filter((own) => own.matches("[data-own]")), ...there.childNodes);
    if (within) (card.querySelectorAll("a, button")[stop] ?? find("h2 a", card)).focus({ preventScroll: true });
  }
  rove();
  dispatchEvent(new Event("redrawn"));
  return true;
};
