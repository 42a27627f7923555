// How a video is played: its file as it is, where the browser knows what is in it; else its streams in another container;
// else made anew by the server. Decided before anything is played, by what the page says of the file, and once more when
// the browser turns out not to play what it said it would.

import { inPieces, play, streams } from "./player-stream.js";

/** Containers that browsers play, or do not, like others; they do not always say so. */
const ALIKE = { "video/quicktime": "video/mp4", "video/3gpp": "video/mp4", "video/x-matroska": "video/webm" };
const KINDS = ["video/mp4", "video/webm", "video/ogg", "audio/mp4", "audio/webm", "audio/ogg"];

const baseOf = ({ media }) => media.split("/").slice(0, 3).join("/");

/** What the browser says of a file: whether it opens such files, and knows their picture and their sound. What nobody has
 *  looked into yet may be anything. */
const judged = (video, { mime, picture, sound }) => {
  const can = (type) => video.canPlayType(type) !== "";
  const knows = (codec) => !codec || KINDS.some((kind) => can(`${kind}; codecs="${codec}"`));
  return { opens: can(ALIKE[mime] ?? mime), sees: knows(picture), hears: knows(sound) };
};

/** The ways to play a file, best first: { name, silent } with the codec of sound that would be missing. */
export const waysOf = (video, file, converts) => {
  const { opens, sees, hears } = judged(video, file);
  const direct = opens && sees ? [{ name: "direct", silent: hears ? "" : file.sound }] : [];
  const found = file.remux && inPieces ? streams(baseOf(file), file.remux) : null;
  const silent = file.left || found?.silent || (hears ? "" : file.sound);
  const possible = file.remux ? found || (!inPieces && sees) : !file.picture;
  const remux = possible ? [{ name: "remux", silent }] : [];
  const convert = converts ? [{ name: "convert", silent: "" }] : [];
  const whole = [...direct, ...remux].filter((way) => !way.silent);
  return [...whole, ...convert, ...[...direct, ...remux].filter((way) => way.silent)];
};

/** Chooses for the video of a player, now and with every other file. `way` says on its element what was chosen: { name, silent },
 *  nothing if there is none. */
export const source = ({ element, video }) => {
  const converts = "converts" in element.dataset;
  let [file, ways, now, end] = [element.dataset, [], null, new AbortController()];

  const remux = async (start, { signal }) => {
    const base = baseOf(file);
    if (!inPieces) {
      video.src = `${base}/remux.mp4?t=${start}`;
      return;
    }
    let type = file.remux;
    if (!type) {
      // Nobody has looked into the file; the server does it now.
      const look = new AbortController();
      const answer = await fetch(`${base}/remux.mp4?t=0`, { signal: look.signal }).catch(() => null);
      type = answer?.ok ? answer.headers.get("Content-Type") : "";
      look.abort();
      if (signal.aborted) return;
    }
    const found = type ? streams(base, type) : null;
    if (!found) {
      // Whoever listens hears of it when there is no further way.
      video.dispatchEvent(new Event("error"));
      return;
    }
    // Playing that began while the server looked ends with another source.
    const on = !video.paused;
    play(video, { ...found, duration: file.durationMs / 1000 || 0, start, signal });
    if (on) video.play().catch(() => {});
    if (found.silent) element.dispatchEvent(new CustomEvent("way", { detail: { name: "remux", silent: found.silent } }));
  };
  const convert = (start, { signal }) => {
    const address = `${baseOf(file)}/transcode.mp4?`;
    if (!inPieces) {
      video.src = `${address}t=${start}`;
      return;
    }
    play(video, { lanes: [{ address }], duration: file.durationMs / 1000 || 0, start, lazy: true, signal });
  };

  /** The next way, from where the last one stopped. */
  const turn = (at) => {
    const start = at ?? (video.currentTime || Number(element.dataset.startMs ?? 0) / 1000);
    const wasPlaying = !video.paused;
    const way = ways.shift();
    now = way?.name;
    end.abort();
    end = new AbortController();
    element.dispatchEvent(new CustomEvent("way", { detail: way ?? null }));
    if (!way) return null;
    if (way.name === "direct") {
      const src = start ? `${file.media}#t=${start}` : file.media;
      if (video.getAttribute("src") !== src) video.src = src;
    }
    if (way.name === "remux") remux(start, end);
    if (way.name === "convert") convert(start, end);
    if (wasPlaying) video.play().catch(() => {});
    return way;
  };
  const choose = (start) => {
    ways = waysOf(video, file, converts);
    return turn(start);
  };

  // Before anybody else hears of it.
  video.addEventListener("error", (event) => {
    // A server that does not answer says nothing about the file.
    if (now === "direct" && video.error?.code === MediaError.MEDIA_ERR_NETWORK) return;
    if (ways.length && turn()) event.stopImmediatePropagation();
  });
  return {
    /** Where the file itself is. */
    address: () => new URL(file.media, location.href).href,
    /** Chooses for the file that the server has drawn. */
    begin: () => {
      const { error } = video;
      const way = choose(Number(element.dataset.startMs ?? 0) / 1000);
      // It failed before anybody listened.
      if (error && (!way || way.name === "direct")) video.dispatchEvent(new Event("error"));
    },
    /** Plays another file instead, from `start` on. */
    load: (other, start) => {
      file = other;
      video.pause();
      // If there is no way, let the browser say so.
      if (!choose(start)) video.src = file.media;
    },
  };
};
