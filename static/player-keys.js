// The keys of the player, as rows of the one table in keys.js. Buttons that do the same say their key.

import { register, showKeys } from "./keys.js";

const DIGITS = [..."0123456789"];

/** Registers the keys of a player; what they need beyond what it can do already is returned. */
export const keys = ({ video, act, button, label }) => {
  const rows = [
    { keys: [" ", "k"], label: "Play or pause", act: "play" },
    { keys: ["j"], label: "Back 10 seconds", act: "back" },
    { keys: ["l"], label: "Forward 10 seconds", act: "forward" },
    { keys: ["ArrowLeft", "ArrowRight"], label: "Back or forward 5 seconds", run: (key) => act.by(key === "ArrowLeft" ? -5 : 5) },
    { keys: ["Shift+ArrowLeft", "Shift+ArrowRight"], label: "Back or forward 1 second", run: (key) => act.by(key.endsWith("Left") ? -1 : 1) },
    { keys: [",", "."], label: "One frame back or forward, while paused", when: () => video.paused, run: (key) => act.frame(key === "," ? -1 : 1) },
    { keys: DIGITS, label: "Jump to 0 % to 90 %", run: (key) => act.seek((video.duration * key) / 10 || 0) },
    { keys: ["Home", "End"], label: "To the start or the end", run: (key) => act.seek(key === "Home" ? 0 : video.duration || 0) },
    { keys: ["ArrowUp", "ArrowDown"], label: "Louder or quieter", run: (key) => act.volumeBy(key === "ArrowUp" ? 0.05 : -0.05) },
    { keys: ["m"], label: "Sound on or off", act: "mute" },
    { keys: ["<", "["], label: "Slower", run: () => act.speedUp(-1) },
    { keys: [">", "]"], label: "Faster", run: () => act.speedUp(1) },
    { keys: ["b"], label: "Loop: from A, to B, off", act: "loop" },
    { keys: ["c"], label: "Captions: on, next language, off", act: "captions" },
    { keys: ["f"], label: "Full screen", act: "full" },
    { keys: ["t"], label: "Theatre", act: "theatre" },
    { keys: ["i"], label: "Picture in picture", act: "pip" },
  ];
  for (const row of rows.filter((it) => it.act)) {
    row.run = () => act[row.act]();
    button[row.act].dataset.key = row.keys.at(-1).toUpperCase();
    label(button[row.act], button[row.act].getAttribute("aria-label"));
  }
  register("Player", rows);
  if (act.next) {
    const turn = (key) => (key === "Shift+n" ? act.next : act.previous)();
    register("Player", [{ keys: ["Shift+n", "Shift+p"], label: "Next or previous video", run: turn }]);
  }
  return { keys: showKeys };
};
