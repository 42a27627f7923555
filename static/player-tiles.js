// What is where in the film: the time and a small picture above the place of the seek bar that somebody points at.

import { boardOf, drawTile, worthwhile } from "./board.js";
import { want } from "./covers.js";
import { find } from "./dom.js";

/** Shows what is at a place of the seek bar. */
export const hints = ({ element, video, clock }) => {
  const seek = find(".seek input", element);
  const hint = find(".hint", element);
  const [tile, time] = [find(".tile", hint), find("span", hint)];
  let board = null;
  const ask = async () => {
    const { id, board: has } = element.dataset;
    if (board || !worthwhile()) return;
    if (has === undefined) return want({ storyboards: [Number(id)] });
    const found = await boardOf(id);
    // Another video may be in the player by now.
    if (element.dataset.id === id) board = found;
  };
  const show = (share) => {
    time.textContent = clock(share * (Number.isFinite(video.duration) ? video.duration : 0));
    hint.style.setProperty("--x", share);
    tile.hidden = !board;
    if (board) {
      tile.style.width = `${board.tile_width}px`;
      drawTile(tile, board, share);
    }
  };
  for (const type of ["pointerenter", "focus", "pointerdown"]) seek.addEventListener(type, ask);
  seek.addEventListener("pointermove", ({ clientX }) => {
    const { left, width } = seek.getBoundingClientRect();
    show(Math.min(Math.max(0, (clientX - left) / width), 1));
  });
  seek.addEventListener("input", () => show(seek.value / seek.max));
  element.addEventListener("load", () => {
    board = null;
    tile.hidden = true;
  });
};
