// Captions beside the file of a video: listed by the server, drawn by us, so that they keep clear of the controls.

import { find } from "./dom.js";
import { keep, kept } from "./keep.js";
import { say as complain } from "./toast.js";

const named = ({ label, language }) => {
  try {
    return language ? `${new Intl.DisplayNames(navigator.languages, { type: "language" }).of(language)}${label ? `, ${label}` : ""}` : label;
  } catch {
    return label || language;
  }
};

/** Looks for captions now and with every new video; what the button and the key do. */
export const captions = ({ element, video, button, say, label }) => {
  const text = find(".captions", element);
  let tracks = [];
  let shown = -1;
  const draw = () => {
    const { currentTime: now } = video;
    // Not `activeCues`: it is empty until a video has begun to play.
    const cues = [...(tracks[shown]?.track.cues ?? [])].filter(({ startTime, endTime }) => startTime <= now && now < endTime);
    text.replaceChildren(...cues.flatMap((cue) => [cue.getCueAsHTML(), document.createElement("br")]).slice(0, -1));
    text.hidden = cues.length === 0;
  };
  const choose = (index) => {
    shown = index;
    tracks.forEach(({ track }, place) => { track.mode = place === index ? "hidden" : "disabled"; });
    button.captions.setAttribute("aria-pressed", index >= 0);
    label(button.captions, index >= 0 ? `Captions: ${tracks[index].name}` : "Captions");
    draw();
  };
  const add = (found) => {
    const track = document.createElement("track");
    Object.assign(track, { kind: "captions", src: found.src, label: named(found), srclang: found.language });
    video.append(track);
    track.track.addEventListener("cuechange", draw);
    track.addEventListener("load", draw);
    track.addEventListener("error", async () => {
      const answer = await fetch(found.src, { headers: { Accept: "application/json" } }).catch(() => null);
      complain((await answer?.json().catch(() => null))?.detail ?? "These captions cannot be read.");
    });
    return { track: track.track, name: named(found), language: found.language };
  };
  const look = async () => {
    const { id } = element.dataset;
    for (const track of video.querySelectorAll("track")) track.remove();
    tracks = [];
    choose(-1);
    const answer = await fetch(`/media/${id}/captions`).catch(() => null);
    const found = answer?.ok ? await answer.json().catch(() => []) : [];
    if (id !== element.dataset.id) return;
    tracks = found.map(add);
    button.captions.hidden = tracks.length === 0;
    const wanted = kept("captions");
    if (wanted && tracks.length) choose(Math.max(0, tracks.findIndex(({ language }) => language === wanted)));
  };
  video.addEventListener("seeked", draw);
  element.addEventListener("load", look);
  look();
  return {
    captions: () => {
      if (tracks.length === 0) return say("No captions");
      choose(shown + 1 < tracks.length ? shown + 1 : -1);
      keep("captions", shown < 0 ? "" : tracks[shown].language || "any");
      return say(shown < 0 ? "Captions off" : tracks[shown].name);
    },
  };
};
