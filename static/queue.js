// What comes before and after a video, in the list the viewer came from: keys, buttons, and going on by itself.

import { find } from "./dom.js";
import { keep, kept } from "./keep.js";
import { say } from "./toast.js";

const AFTER_S = 6;
const PLAY = "play";

const link = (name) => find(`.next-to [rel=${name}]`);
/** The next page begins to play by itself. */
const play = (href) => {
  try {
    sessionStorage.setItem(PLAY, new URL(href).pathname);
  } catch {
    // Storage may be switched off; then somebody has to press play.
  }
};
const go = (name) => {
  const there = link(name);
  if (!there) return say(name === "next" ? "This is the last one of the list." : "This is the first one of the list.");
  play(there.href);
  return location.assign(there.href);
};

/** What a player needs to go on. */
export const steps = find(".next-to") ? { previous: () => go("prev"), next: () => go("next") } : {};

const make = (tag, text, className = "") => Object.assign(document.createElement(tag), { textContent: text, className });

/** Whether somebody is doing something on this page that going on would take away. */
const busy = () => find("dialog[open]") || document.activeElement?.matches("input:not([type=range], [type=checkbox]), textarea");

/** Counts down to the next video over the end of this one; `cancel` and every sign of interest in this one stop it. */
const countDown = ({ element, video }) => {
  let left = AFTER_S;
  const count = make("p", "");
  const title = make("p", link("next").title, "title");
  const [now, stop] = [make("button", "Play now", "button"), make("button", "Cancel", "button")];
  const box = make("div", "", "up-next");
  box.setAttribute("role", "status");
  box.append(count, title, now, stop);
  title.dir = "auto";
  const tell = () => { count.textContent = `Next in ${left} s`; };
  const end = () => {
    clearInterval(ticking);
    box.remove();
    removeEventListener("keydown", escape, true);
    removeEventListener("pagehide", end);
    find("#autoplay").removeEventListener("change", end);
  };
  const escape = (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    end();
  };
  const ticking = setInterval(() => {
    if (busy()) return end();
    left -= 1;
    tell();
    if (left === 0) {
      end();
      steps.next();
    }
  }, 1000);
  tell();
  now.addEventListener("click", () => { end(); steps.next(); });
  stop.addEventListener("click", end);
  addEventListener("keydown", escape, true);
  addEventListener("pagehide", end);
  find("#autoplay").addEventListener("change", end);
  for (const name of ["play", "seeking"]) video.addEventListener(name, end, { once: true });
  find(".picture", element).append(box);
};

/** Goes on to the next video by itself where that is wanted, and plays this one if it is the next. */
export const goOn = (player) => {
  for (const it of [link("prev"), link("next")]) it?.addEventListener("click", () => play(it.href));
  const toggle = find("#autoplay");
  if (toggle) {
    toggle.checked = kept("autoplay") === "on";
    toggle.addEventListener("change", () => keep("autoplay", toggle.checked ? "on" : ""));
  }
  player?.video.addEventListener("ended", () => toggle?.checked && link("next") && countDown(player));
  try {
    if (sessionStorage.getItem(PLAY) === location.pathname) player?.video.play().catch(() => {});
    sessionStorage.removeItem(PLAY);
  } catch {
    // As above.
  }
};
