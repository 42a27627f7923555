// A video that does not play: why, and what can be done.

import { find } from "./dom.js";

const playable = (video, codecs) => ["mp4", "webm"].some((kind) => video.canPlayType(`video/${kind}; codecs="${codecs}"`));

/** Says what is wrong when the video of a player does not play. */
export const explain = ({ element, video, frame }) => {
  const [note, why] = [find("#trouble", frame), find("#why", frame)];
  const { codecs } = note.dataset;
  const unknown = why.textContent.replace(/^.*: /s, "This browser cannot play this kind of file: ");
  const elsewhere = find("#elsewhere", note);
  elsewhere.addEventListener("click", () => {
    // A list with one entry, which other players open.
    elsewhere.href = URL.createObjectURL(new Blob([`#EXTM3U\n${video.src}\n`], { type: "audio/x-mpegurl" }));
    elsewhere.download = `${video.getAttribute("aria-label")}.m3u`;
  });
  const fail = async () => {
    element.classList.add("failed");
    const answer = await fetch(video.src, { headers: { Range: "bytes=0-0", Accept: "application/json" } }).catch(() => null);
    const problem = answer?.ok ? {} : await answer?.json().catch(() => ({}));
    why.textContent = problem ? problem.detail ?? unknown : "The server does not answer.";
    note.hidden = false;
  };
  video.addEventListener("error", fail);
  video.addEventListener("loadeddata", () => element.classList.remove("failed"));
  if (codecs && !playable(video, codecs)) {
    why.textContent = unknown;
    note.hidden = false;
  }
  if (video.error) fail();
};
