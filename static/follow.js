// Follows what is watched: where to go on is kept on the server for all devices, and a view is counted when somebody
// really watches.

import { post } from "./send.js";

/** Below this, and this close to the end of all but short films, there is nothing to go on with. */
const BEGUN_S = 5;
const LEFT_S = 12;
const EVERY_MS = 15_000;
const SETTLED_MS = 1000;

const watched = ({ played }) => {
  let seconds = 0;
  for (let i = 0; i < played.length; i += 1) seconds += played.end(i) - played.start(i);
  return seconds;
};

/** Follows a player. */
export const follow = ({ element, video }) => {
  const address = (what) => `/videos/${element.dataset.id}/${what}`;
  let [counted, told, toldAt, settling] = [false, -1, 0, 0];
  const progress = () => {
    const at = video.currentTime;
    const left = video.duration - at;
    if (video.ended || left < Math.min(LEFT_S, video.duration / 10)) return ["finished", true];
    return ["position_ms", at < BEGUN_S ? -1 : Math.round(at * 1000)];
  };
  const tell = (leaving) => {
    clearTimeout(settling);
    const [name, value] = progress();
    if (!counted || value === told || value < 0) return;
    [told, toldAt] = [value, Date.now()];
    const fields = new URLSearchParams({ [name]: value });
    if (leaving) navigator.sendBeacon(address("playback"), fields);
    else post(address("playback"), fields).catch(() => {});
  };
  const count = ({ type }) => {
    if (counted || (type === "timeupdate" && watched(video) < 1)) return;
    counted = true;
    toldAt = Date.now();
    post(address("view"), new URLSearchParams()).catch(() => {});
  };
  video.addEventListener("timeupdate", (event) => {
    count(event);
    if (!video.paused && Date.now() - toldAt >= EVERY_MS) tell();
  });
  video.addEventListener("ended", count);
  for (const name of ["pause", "ended"]) video.addEventListener(name, () => tell());
  video.addEventListener("seeked", () => {
    clearTimeout(settling);
    settling = setTimeout(tell, SETTLED_MS);
  });
  element.addEventListener("leave", () => tell());
  element.addEventListener("load", () => { [counted, told] = [false, -1]; });
  addEventListener("pagehide", () => tell(true));
  document.addEventListener("visibilitychange", () => document.hidden && tell(true));
};
