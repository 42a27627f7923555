// Covers come while somebody looks: those on the screen that are still to be made are asked for first, and are shown when
// they are there.

import { clock } from "./clock.js";
import { all, find } from "./dom.js";
import { send } from "./send.js";

const PAUSE_MS = 200;
const MOST = 100;

/** Asks for pictures of these videos before others. It is a hint: nothing depends on whether it arrives. */
export const want = (wishes) => send("POST", "/thumbnails/wanted", wishes).catch(() => {});

// What is on the screen

const onScreen = new Set();
let telling;
const tell = () => {
  const places = [...onScreen].map((cover) => cover.closest("[data-video], [data-id]")?.dataset ?? {});
  const covers = places.map(({ video, id }) => Number(video ?? id)).filter(Boolean);
  if (covers.length) want({ covers: [...new Set(covers)].slice(0, MOST) });
};
const eye = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (isIntersecting) onScreen.add(target);
    else onScreen.delete(target);
  }
  clearTimeout(telling);
  telling = setTimeout(tell, PAUSE_MS);
});
const look = () => {
  eye.disconnect();
  onScreen.clear();
  for (const cover of all(".cover[data-waits]")) eye.observe(cover);
};
look();
for (const type of ["cards", "redrawn"]) addEventListener(type, look);

// A picture that cannot be had leaves what stands for it.
addEventListener("error", ({ target }) => target.matches?.(".shot, .thumb img") && target.remove(), true);

// What is there now

const showLength = (box, duration_ms) => {
  if (!duration_ms || find(".badge", box)) return;
  const badge = Object.assign(document.createElement("span"), { className: "badge", textContent: clock(duration_ms / 1000) });
  box.append(badge);
};

/** Puts a picture in place of what is in the `box`, when it can be drawn at once. */
const swap = async (box, cover) => {
  const shot = Object.assign(new Image(320, 180), { className: "shot fresh", alt: "", decoding: "async" });
  shot.sizes = `${Math.ceil(box.clientWidth)}px`;
  shot.srcset = `${cover}/320.jpg 320w, ${cover}/640.jpg 640w`;
  box.dataset.coming = cover;
  try {
    await shot.decode();
  } catch {
    // What is there stays, until somebody tells of this one again or of another.
    if (box.dataset.coming === cover) delete box.dataset.coming;
    return;
  }
  if (box.dataset.coming !== cover) return;
  shot.classList.toggle("upright", shot.naturalHeight > shot.naturalWidth);
  all("b, .preview, .shot", box).forEach((old) => old.remove());
  box.prepend(shot);
  box.removeAttribute("data-waits");
  eye.unobserve(box);
  onScreen.delete(box);
};

/** Shows in `place`, a card or a player, what pictures there are of a video by now. */
export const showPictures = (place, { cover, storyboard, duration_ms }) => {
  // Not every answer says it.
  if (storyboard === undefined) return;
  place.toggleAttribute("data-board", storyboard);
  const video = find("video", place);
  if (video) {
    if (cover) video.poster = `${cover}/poster.jpg`;
    return;
  }
  const box = find(".cover", place);
  if (!box) return;
  showLength(box, duration_ms);
  const shown = box.dataset.coming ?? find(".shot", box)?.getAttribute("src")?.replace(/\/[^/]*$/, "");
  if (cover && cover !== shown) swap(box, cover);
};
