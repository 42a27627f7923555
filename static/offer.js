// Offers once to bring along what this browser remembers of the old gallery, which lived at the same address: where videos
// were left, and what was played last. Nothing of it is deleted here.

import { find } from "./dom.js";
import { keep, kept } from "./keep.js";
import { goAndSay, told } from "./later.js";
import { send } from "./send.js";
import { say } from "./toast.js";

const ANSWERED = "old-gallery";
const POSITION = "video-position-";
const PLAYED = "video_server_recently_played";
/** The server takes no more at once. */
const MOST = 5000;

told();

/** The file name in an old address; the name that was shown, if there is none. */
const fileName = ({ name, url }) => {
  try {
    return decodeURIComponent(/\/watch\/([^?#]+)/.exec(url)[1]);
  } catch {
    return name;
  }
};

const remembered = () => {
  const positions = [];
  let played = [];
  try {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith(POSITION)) positions.push({ name: key.slice(POSITION.length), seconds: Number(localStorage.getItem(key)) });
    }
    const list = JSON.parse(localStorage.getItem(PLAYED) ?? "[]");
    if (Array.isArray(list)) played = list.map((it) => (it?.type === "image" ? null : it && { name: fileName(it), at_ms: Number(it.timestamp) })).filter(Boolean);
  } catch {
    // Storage is switched off, or holds something else under that name.
  }
  return { positions: positions.slice(0, MOST - 100), played: played.slice(0, 100) };
};

const videos = (count) => (count === 1 ? "1 video" : `${count} videos`);

const ask = (memory) => {
  const { positions, played } = memory;
  const what = [positions.length && `where you stopped in ${videos(positions.length)}`, played.length && `what you played last`].filter(Boolean);
  const banner = document.createElement("section");
  banner.className = "offer";
  banner.setAttribute("aria-label", "From the old gallery");
  const text = document.createElement("p");
  text.textContent = `This browser remembers ${what.join(" and ")} of the old gallery. Bring it along?`;
  const button = (label, look, act) => {
    const it = document.createElement("button");
    it.type = "button";
    it.className = look;
    it.textContent = label;
    it.addEventListener("click", act);
    return it;
  };
  const yes = button("Yes, bring it along", "button first", async () => {
    yes.disabled = true;
    try {
      const { batch, accepted, unknown, unreadable } = await send("POST", "/import/browser", memory);
      keep(ANSWERED, "brought");
      const rest = unknown + unreadable ? ` ${unknown + unreadable} fit no video here.` : "";
      goAndSay(location.href, accepted ? `Brought along ${accepted === 1 ? "1 record" : `${accepted} records`}.${rest}` : `Nothing new was in it.${rest}`, batch);
    } catch (error) {
      yes.disabled = false;
      say(`Not brought along. ${error.message}`);
    }
  });
  const no = button("No, thanks", "button", () => {
    keep(ANSWERED, "declined");
    banner.remove();
    find("#main").focus();
  });
  banner.append(text, yes, no);
  find("#main").prepend(banner);
};

const memory = kept(ANSWERED) ? null : remembered();
if (memory && memory.positions.length + memory.played.length) ask(memory);
