// Entries of a list change places: by dragging their handle with mouse, pen or finger, or by keys on it.
//
// The lifted entry never leaves the document, the others walk around it: so it keeps the focus and the pointer.

import { all, find } from "./dom.js";

/** How near to the edge of the window a drag scrolls, and how far at once, in pixels. */
const EDGE_PX = 72;
const STEP_PX = 14;

const entries = () => all(".entry");
const name = (entry) => find("h2", entry).textContent.trim();

/** Walks the others around `entry` until it stands at `place` among them. */
const put = (entry, place) => {
  // Drawn anew meanwhile: there is nothing to walk around.
  if (!entry.isConnected) return;
  const at = () => entries().indexOf(entry);
  const wanted = Math.min(Math.max(0, place), entries().length - 1);
  while (at() < wanted) entry.before(entry.nextElementSibling);
  while (at() > wanted) entry.after(entry.previousElementSibling);
};

/** Makes the entries of the page movable. `base` is the place of the first in the whole list, `tell(text)` says what happens, and
 *  `move(item, place)` makes it so. */
export const reorder = ({ base, tell, move }) => {
  let lifted;
  const total = () => find("#queue").dataset.total;
  const place = () => entries().indexOf(lifted.entry);
  const where = () => `place ${base + place() + 1} of ${total()}`;
  const lift = (entry) => {
    lifted = { entry, from: entries().indexOf(entry) };
    entry.classList.add("lifted");
    tell(`${name(entry)} lifted, ${where()}. Arrow keys move it, space drops it, Escape puts it back.`);
  };
  const release = () => {
    lifted.entry.classList.remove("lifted");
    lifted = undefined;
  };
  const drop = () => {
    const { entry, from } = lifted;
    const to = place();
    tell(`${name(entry)} dropped at ${where()}.`);
    release();
    if (to !== from) move(entry.dataset.item, base + to);
  };
  const back = () => {
    put(lifted.entry, lifted.from);
    tell(`${name(lifted.entry)} put back at ${where()}.`);
    release();
  };
  addEventListener("redrawn", () => { if (lifted && !lifted.entry.isConnected) lifted = undefined; });
  byKeys({ lift, drop, back, lifted: () => lifted, to: (step) => {
    put(lifted.entry, place() + step);
    lifted.entry.scrollIntoView({ block: "nearest" });
    tell(`Place ${base + place() + 1} of ${total()}.`);
  } });
  byPointer({ lift, drop, back, lifted: () => lifted });
};

const STEPS = { ArrowUp: -1, ArrowDown: 1, PageUp: -10, PageDown: 10, Home: -Infinity, End: Infinity };

const byKeys = ({ lift, drop, back, lifted, to }) => {
  addEventListener("keydown", (event) => {
    const handle = event.target.closest?.(".handle");
    if (!handle || event.ctrlKey || event.altKey || event.metaKey) return;
    const up = lifted();
    if (event.key === " " || event.key === "Enter") up ? drop() : lift(handle.closest(".entry"));
    else if (up && event.key === "Escape") back();
    else if (up && STEPS[event.key]) to(STEPS[event.key]);
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
  addEventListener("keyup", (event) => {
    if (event.key === " " && event.target.closest?.(".handle")) event.preventDefault();
  }, true);
  addEventListener("focusout", (event) => {
    if (lifted()?.entry.contains(event.target) && !lifted().pointer) back();
  });
};

const byPointer = ({ lift, drop, back, lifted }) => {
  let y;
  const follow = () => {
    const up = lifted();
    if (!up?.pointer) return;
    if (y < EDGE_PX) scrollBy(0, -STEP_PX);
    if (y > innerHeight - EDGE_PX) scrollBy(0, STEP_PX);
    const middle = (entry) => { const { top, height } = entry.getBoundingClientRect(); return top + height / 2; };
    const others = entries().filter((entry) => entry !== up.entry);
    put(up.entry, others.filter((entry) => middle(entry) < y).length);
    requestAnimationFrame(follow);
  };
  addEventListener("pointerdown", (event) => {
    const handle = event.target.closest?.(".handle");
    if (!handle || event.button || lifted()) return;
    event.preventDefault();
    handle.focus({ preventScroll: true });
    handle.setPointerCapture(event.pointerId);
    y = event.clientY;
    lift(handle.closest(".entry"));
    lifted().pointer = event.pointerId;
    follow();
  });
  const mine = (event) => lifted() && lifted().pointer === event.pointerId;
  addEventListener("pointermove", (event) => { if (mine(event)) y = event.clientY; });
  addEventListener("pointerup", (event) => { if (mine(event)) drop(); });
  addEventListener("pointercancel", (event) => { if (mine(event)) back(); });
};
