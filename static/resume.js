// Where a film begins: where somebody stopped, or where the address says.

import { find } from "./dom.js";

/** Begins where the page says. */
export const resume = ({ element, video, clock }) => {
  const start = Number(element.dataset.startMs ?? 0) / 1000;
  const chip = find(".chip", element);
  const begin = () => {
    const beyond = start >= video.duration;
    if (beyond || Math.abs(video.currentTime - start) > 1) video.currentTime = beyond ? 0 : start;
    if (beyond || !("resumed" in element.dataset)) return;
    find("b", chip).textContent = clock(start);
    chip.hidden = false;
  };
  const done = () => { if (video.currentTime < start || video.currentTime > start + 10) chip.hidden = true; };
  if (!start) return;
  if (video.readyState > 0) begin();
  else video.addEventListener("loadedmetadata", begin, { once: true });
  video.addEventListener("timeupdate", done);
};
