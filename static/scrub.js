// A look into a video from its card: the pointer over the cover goes through the film from left to right. A finger does the
// same when it is drawn sideways; held still, it selects, and drawn up or down, it scrolls.

import { boardOf, drawTile, worthwhile } from "./board.js";
import { want } from "./covers.js";
import { find } from "./dom.js";

const PAUSE_MS = 250;
/** How far a finger goes before it means to, in pixels. */
const SLOP = 12;
const WIDE = 16 / 9;
const calm = matchMedia("(prefers-reduced-motion: reduce)");

/** The cover somebody points at, and the layers that are drawn over it. */
let at = null;
let starting;

const share = (box, x) => {
  const { left, width } = box.getBoundingClientRect();
  return Math.min(Math.max(0, (x - left) / width), 1);
};
const draw = (x) => {
  if (!at?.board) return;
  const part = share(at.box, x);
  drawTile(at.tile, at.board, part);
  at.line.style.scale = `${part} 1`;
};
const end = () => {
  clearTimeout(starting);
  at?.tile?.remove();
  at?.line?.remove();
  at = null;
};
const layer = (className) => {
  const element = Object.assign(document.createElement("i"), { className });
  element.dataset.own = "";
  return element;
};

const start = async (here) => {
  const { place, box } = here;
  const { video, board: has } = place.dataset;
  if (has === undefined) return want({ storyboards: [Number(video)] });
  const board = await boardOf(video);
  if (!board || at !== here) return;
  Object.assign(here, { board, tile: layer("scrub"), line: layer("scrubbed") });
  const ratio = board.tile_width / board.tile_height;
  // As the cover is cut: wide pictures fill the box, upright ones stand in it.
  here.tile.classList.toggle("tall", ratio < 1 || ratio >= WIDE);
  draw(here.x);
  box.insertBefore(here.tile, find(".badge, progress", box));
  box.append(here.line);
};

/** The cover below a pointer. */
const under = ({ target, clientX, clientY }) => {
  const place = target.closest?.("[data-video]");
  const box = place && find(".cover", place);
  if (!box) return null;
  const { left, right, top, bottom } = box.getBoundingClientRect();
  return clientX >= left && clientX < right && clientY >= top && clientY < bottom ? { place, box, x: clientX } : null;
};
const aim = (here, pause) => {
  end();
  if (calm.matches || !worthwhile()) return;
  at = here;
  starting = setTimeout(start, pause, here);
};

addEventListener("pointermove", (event) => {
  if (event.pointerType === "touch") return;
  const here = event.buttons ? null : under(event);
  if (!here) return end();
  if (here.box !== at?.box) return aim(here, PAUSE_MS);
  at.x = here.x;
  draw(here.x);
}, { passive: true });
document.documentElement.addEventListener("pointerleave", end);
addEventListener("scroll", end, { passive: true });
addEventListener("pagehide", end);
addEventListener("redrawn", () => at && !at.box.isConnected && end());

// Fingers, in lists only: shelves are drawn sideways themselves

let finger = null;
const lift = () => {
  if (finger?.drawn) end();
  finger = null;
};
addEventListener("pointerdown", (event) => {
  lift();
  const mine = event.pointerType === "touch" && event.isPrimary && event.target.closest?.(".grid h2 a");
  const here = mine ? under(event) : null;
  if (here) finger = { here, x: event.clientX, y: event.clientY, drawn: false };
}, { passive: true });
addEventListener("pointermove", (event) => {
  if (!finger || event.pointerType !== "touch") return;
  const [right, down] = [Math.abs(event.clientX - finger.x), Math.abs(event.clientY - finger.y)];
  if (!finger.drawn && down > SLOP) return lift();
  if (!finger.drawn && right > SLOP) {
    finger.drawn = true;
    // Whoever waits for a finger that is held still waits in vain.
    dispatchEvent(new Event("scrub"));
    aim(finger.here, 0);
  }
  if (!finger.drawn || !at) return;
  at.x = event.clientX;
  draw(event.clientX);
}, { passive: true });
for (const type of ["pointerup", "pointercancel"]) addEventListener(type, lift, { passive: true });
