// The player: controls of our own over a plain <video>, the same on the page of a video and in a playlist.

import { clock } from "./clock.js";
import { all, find } from "./dom.js";
import { captions } from "./player-captions.js";
import { keys } from "./player-keys.js";
import { looping } from "./player-loop.js";
import { source } from "./player-source.js";
import { hints } from "./player-tiles.js";
import { session } from "./session.js";
import { keep, kept } from "./keep.js";

/** How long nobody moves before the controls get out of the way. */
const IDLE_MS = 2000;
const SAID_MS = 1200;
const touch = matchMedia("(hover: none), (pointer: coarse)");
const headset = /OculusBrowser|Quest/.test(navigator.userAgent);

const length = (video) => (Number.isFinite(video.duration) ? video.duration : 0);
const between = (least, value, most) => Math.min(Math.max(least, value), most);
const label = (button, text) => {
  button.setAttribute("aria-label", text);
  button.title = button.dataset.key ? `${text} (${button.dataset.key})` : text;
};

/** What can be done with a video, by the names that buttons and keys use. */
const deeds = ({ element, frame, video, say }) => {
  const speeds = find(".speed select", element);
  const seek = (to) => { video.currentTime = between(0, to, length(video) || Infinity); };
  const by = (seconds) => {
    seek(video.currentTime + seconds);
    say(`${seconds > 0 ? "+" : "−"}${Math.abs(seconds)} s`);
  };
  const speedUp = (step) => {
    speeds.selectedIndex = between(0, speeds.selectedIndex + step, speeds.length - 1);
    speeds.dispatchEvent(new Event("change"));
  };
  const volumeBy = (step) => {
    video.muted = false;
    video.volume = between(0, Math.round((video.volume + step) * 20) / 20, 1);
    say(`Volume ${Math.round(video.volume * 100)} %`);
  };
  return {
    seek,
    by,
    speedUp,
    volumeBy,
    play: () => (video.paused ? video.play().catch(() => {}) : video.pause()),
    back: () => by(-10),
    forward: () => by(10),
    restart: () => { seek(0); video.play().catch(() => {}); },
    mute: () => { video.muted = !video.muted; say(video.muted ? "Muted" : "Sound on"); },
    frame: (step) => seek(video.currentTime + step / 30),
    pip: () => (document.pictureInPictureElement ? document.exitPictureInPicture() : video.requestPictureInPicture()).catch(() => say("No picture in picture here")),
    theatre: () => keep("theatre", document.documentElement.classList.toggle("theatre") ? "on" : ""),
    full: () => {
      if (document.fullscreenElement) return document.exitFullscreen();
      return frame.requestFullscreen ? frame.requestFullscreen().catch(() => {}) : video.webkitEnterFullscreen?.();
    },
  };
};

/** Shows in the controls what the video does. */
const show = ({ element, video, button }) => {
  const seek = find(".seek input", element);
  const [bar, loaded] = [seek.parentElement, find(".loaded", element)];
  const [now, all] = [find(".time b", element), find(".time span", element)];
  const volume = find(".volume", element);
  const words = () => seek.setAttribute("aria-valuetext", `${clock(video.currentTime)} of ${clock(length(video))}`);
  const share = (seconds) => (length(video) ? between(0, seconds / length(video), 1) : 0);
  const time = () => {
    now.textContent = clock(video.currentTime);
    seek.value = video.currentTime;
    bar.style.setProperty("--at", share(video.currentTime));
  };
  const buffered = () => {
    const { buffered, currentTime } = video;
    for (let i = 0; i < buffered.length; i += 1) {
      if (buffered.start(i) <= currentTime && currentTime <= buffered.end(i)) loaded.style.setProperty("--to", share(buffered.end(i)));
    }
  };
  const whole = () => {
    seek.max = length(video) || 1;
    all.textContent = length(video) ? clock(video.duration) : "–:––";
    time();
    words();
  };
  const playing = () => {
    element.classList.toggle("playing", !video.paused);
    label(button.play, video.paused ? "Play" : "Pause");
  };
  const sound = () => {
    volume.value = video.muted ? 0 : video.volume;
    volume.setAttribute("aria-valuetext", `${Math.round(volume.value * 100)} %`);
    element.classList.toggle("silent", Number(volume.value) === 0);
    button.mute.setAttribute("aria-pressed", video.muted);
    keep("volume", `${video.volume} ${video.muted ? "muted" : ""}`);
  };
  const on = (act, ...names) => names.forEach((name) => video.addEventListener(name, act));
  on(time, "timeupdate", "seeking", "seeked");
  on(words, "seeked", "pause");
  on(buffered, "progress", "timeupdate", "seeked");
  on(whole, "loadedmetadata", "durationchange", "emptied");
  on(playing, "play", "pause", "ended", "emptied");
  on(sound, "volumechange");
  on(() => element.classList.add("ready"), "loadeddata");
  on(() => element.classList.remove("ready"), "emptied");
  seek.addEventListener("focus", words);
  whole();
  playing();
  if (video.readyState > 1) element.classList.add("ready");
};

/** Sliders, and the choice of speed. */
const sliders = ({ element, video, act, say }) => {
  const seek = find(".seek input", element);
  seek.dataset.keys = "";
  seek.addEventListener("input", () => act.seek(Number(seek.value)));
  seek.addEventListener("keydown", (event) => {
    const step = { ArrowUp: 5, ArrowDown: -5, PageUp: 60, PageDown: -60 }[event.key];
    if (!step) return;
    event.preventDefault();
    act.by(step);
  });
  const volume = find(".volume", element);
  volume.addEventListener("input", () => {
    video.volume = volume.value;
    video.muted = false;
  });
  const speeds = find(".speed select", element);
  speeds.addEventListener("change", () => {
    video.playbackRate = video.defaultPlaybackRate = Number(speeds.value);
    say(`Speed ${speeds.value}×`);
  });
};

/** Controls get out of the way of a film that plays, unless a pointer cannot hover to bring them back. */
const rest = ({ element, frame, video }) => {
  let resting;
  const still = () => element.classList.toggle("still", touch.matches || headset);
  const idle = (on) => [element, frame].forEach((it) => it.classList.toggle("idle", on));
  const wake = () => {
    idle(false);
    clearTimeout(resting);
    resting = setTimeout(() => {
      const busy = find(".controls:hover, .controls :focus-visible", element);
      if (!video.paused && !busy && !element.classList.contains("still")) idle(true);
    }, IDLE_MS);
  };
  still();
  touch.addEventListener("change", still);
  ["pointermove", "pointerdown", "focusin"].forEach((name) => frame.addEventListener(name, wake));
  document.addEventListener("keydown", wake);
  ["play", "pause", "seeking"].forEach((name) => video.addEventListener(name, wake));
};

/** Makes the server-drawn `element` a player. `next` and `previous`, if given, go to another video. `playing`, `pause`,
 *  `ended`, `error` and `timeupdate` of the video bubble from it. */
export const mount = (element, { previous, next } = {}) => {
  const video = find("video", element);
  const frame = element.closest("[data-frame]") ?? element;
  const played = source({ element, video });
  const button = Object.fromEntries(all("[data-do]", element).map((it) => [it.dataset.do, it]));
  let saying;
  const say = (text) => {
    const said = find(".said", element);
    said.textContent = text;
    clearTimeout(saying);
    saying = setTimeout(() => { said.textContent = ""; }, SAID_MS);
  };
  const player = { element, frame, video, button, say, label, clock };
  player.act = { ...deeds(player), previous, next };
  player.act.loop = looping(player);
  Object.assign(player.act, captions(player));
  Object.assign(player.act, keys(player));
  session(player);
  video.controls = false;
  find(".controls", element).hidden = false;
  const [volume, muted] = kept("volume").split(" ");
  if (volume) [video.volume, video.muted] = [between(0, Number(volume) || 0, 1), muted === "muted"];
  show(player);
  sliders(player);
  hints(player);
  rest(player);
  button.pip.hidden = !document.pictureInPictureEnabled;
  button.previous.hidden = button.next.hidden = !next;
  for (const [name, it] of Object.entries(button)) it.addEventListener("click", () => player.act[name]?.());
  video.addEventListener("click", () => player.act.play());
  video.addEventListener("dblclick", () => player.act.full());
  document.addEventListener("fullscreenchange", () => {
    label(button.full, document.fullscreenElement ? "Leave full screen" : "Full screen");
    (document.fullscreenElement ?? document.body).append(find("#toast"));
  });
  for (const name of ["playing", "pause", "ended", "error", "timeupdate", "loadedmetadata"]) {
    video.addEventListener(name, () => element.dispatchEvent(new CustomEvent(name, { bubbles: true })));
  }
  return {
    ...player,
    play: () => video.play(),
    /** Where the file itself is. */
    address: played.address,
    /** Chooses how to play what the server has drawn, once everybody listens. */
    begin: played.begin,
    /** Shows another video instead: what is known of its file, its name and id, where in it to begin, in seconds, and what
     *  pictures it has. */
    load: ({ file, title, id, start = 0, poster = "", board = false }) => {
      element.dispatchEvent(new CustomEvent("leave"));
      element.dataset.id = id;
      element.toggleAttribute("data-board", board);
      video.poster = poster;
      played.load(file, start);
      video.setAttribute("aria-label", title);
      video.playbackRate = video.defaultPlaybackRate;
      element.dispatchEvent(new CustomEvent("load", { detail: { title, id } }));
    },
  };
};
