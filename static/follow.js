// Follows what is watched: it begins where the server says, and a view is counted when somebody really watches.

import { find } from "./dom.js";
import { post } from "./send.js";

const watched = ({ played }) => {
  let seconds = 0;
  for (let i = 0; i < played.length; i += 1) seconds += played.end(i) - played.start(i);
  return seconds;
};

/** Follows a player; begins where the page says. */
export const follow = ({ element, video, clock }) => {
  const address = (what) => `/videos/${element.dataset.id}/${what}`;
  let counted = false;
  const count = ({ type }) => {
    if (counted || (type === "timeupdate" && watched(video) < 1)) return;
    counted = true;
    post(address("view"), new URLSearchParams()).catch(() => {});
  };
  video.addEventListener("timeupdate", count);
  video.addEventListener("ended", count);
  element.addEventListener("load", () => { counted = false; });

  // Where to begin
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
