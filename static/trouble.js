// A video that this browser does not play as it is: what is done about it, or why it does not play and what can be done.

import { find } from "./dom.js";

/** How long a browser may take to fetch the list for another player. */
const KEPT_MS = 60_000;

/** Says what is wrong when the video of a player does not play, or plays only with help. */
export const explain = ({ element, video, frame, address }) => {
  const [note, why] = [find("#trouble", frame), find("#why", frame)];
  const unknown = why.textContent.replace(/^.*: /s, "This browser cannot play this kind of file: ");
  const elsewhere = find("#elsewhere", note);
  elsewhere.addEventListener("click", () => {
    // A list with one entry, which other players open.
    const url = URL.createObjectURL(new Blob([`#EXTM3U\n${address()}\n`], { type: "audio/x-mpegurl" }));
    setTimeout(() => URL.revokeObjectURL(url), KEPT_MS);
    elsewhere.href = url;
    elsewhere.download = `${video.getAttribute("aria-label")}.m3u`;
  });
  const say = (text) => {
    why.textContent = text;
    note.hidden = !text;
  };
  const fail = async () => {
    element.classList.add("failed");
    const answer = await fetch(address(), { headers: { Range: "bytes=0-0", Accept: "application/json" } }).catch(() => null);
    const problem = answer?.ok ? {} : await answer?.json().catch(() => ({}));
    say(problem ? problem.detail ?? unknown : "The server does not answer.");
  };
  element.addEventListener("way", ({ detail: way }) => {
    if (!way) say(unknown);
    else if (way.name === "convert") say(`${unknown} The server converts it while you watch: it takes a moment to begin, and one video at a time.`);
    else if (way.silent) say(`It plays without sound: this browser cannot play ${way.silent}.`);
    else say("");
  });
  video.addEventListener("error", fail);
  video.addEventListener("loadeddata", () => element.classList.remove("failed"));
};
