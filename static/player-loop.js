// From A to B, again and again: the first press marks A, the second B, the third ends it.

import { find } from "./dom.js";

const NEXT = { "": "Loop from here", A: "Loop to here", "A–B": "End the loop" };

/** What pressing the button or the key does. */
export const looping = ({ element, video, button, say, label, clock }) => {
  const part = find(".part", element);
  let marks = [];
  const [from, to] = [() => marks[0], () => marks[1]];
  const draw = () => {
    const name = ["", "A", "A–B"][marks.length];
    find("b", button.loop).textContent = name;
    label(button.loop, NEXT[name]);
    part.hidden = marks.length === 0;
    part.style.setProperty("--from", from() / video.duration || 0);
    part.style.setProperty("--to", (to() ?? from()) / video.duration || 0);
  };
  const turn = () => {
    if (marks.length < 2) return;
    if (video.currentTime >= to() || video.currentTime < from() - 1) video.currentTime = from();
    if (!video.paused) requestAnimationFrame(turn);
  };
  const clear = () => { marks = []; draw(); };
  video.addEventListener("play", turn);
  video.addEventListener("emptied", clear);
  video.addEventListener("ended", () => {
    if (marks.length < 2) return;
    video.currentTime = from();
    video.play().catch(() => {});
  });
  return () => {
    if (marks.length === 2) {
      say("Loop off");
      return clear();
    }
    marks = [...marks, video.currentTime].sort((a, b) => a - b);
    if (marks.length === 2 && to() - from() < 0.1) marks.pop();
    draw();
    say(marks.length === 1 ? `Loop from ${clock(from())}` : `Loop ${clock(from())} to ${clock(to())}`);
    return turn();
  };
};
