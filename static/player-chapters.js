// Chapters: links beside the player go to their place in it, and marks on the seek bar show where they begin.

import { all, find } from "./dom.js";

/** Takes the chapters that the page lists into the player. */
export const chapters = ({ element, video, act }) => {
  const links = all(".chapters a[data-start-ms]");
  const start = (link) => Number(link.dataset.startMs) / 1000;
  const mark = () => {
    const bar = find(".seek", element);
    all(".mark", bar).forEach((old) => old.remove());
    for (const link of links.filter((it) => start(it) > 0 && start(it) < video.duration)) {
      const at = Object.assign(document.createElement("i"), { className: "mark" });
      at.style.setProperty("--from", start(link) / video.duration);
      find("input", bar).before(at);
    }
  };
  const now = () => {
    const current = links.findLast((link) => start(link) <= video.currentTime + 0.2);
    for (const link of links) {
      if (link === current) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  };
  if (!links.length) return;
  video.addEventListener("loadedmetadata", mark);
  for (const type of ["timeupdate", "seeked"]) video.addEventListener(type, now);
  for (const link of links) {
    link.addEventListener("click", (event) => {
      if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      act.seek(start(link));
      video.play().catch(() => {});
    });
  }
  if (video.readyState > 0) mark();
};
