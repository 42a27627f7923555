// The newest changes of a video on its page. Its history draws them; here they are only put in.

import { find } from "./dom.js";

const NEAR = "400px";
const box = find("[data-history]");

let latest = 0;
const look = async () => {
  latest += 1;
  const mine = latest;
  const answer = await fetch(box.dataset.history).catch(() => null);
  // Without it there is still the way to the whole history.
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const changes = find("#changes", page);
  // What was asked for later knows more.
  if (mine === latest && changes) box.replaceChildren(...changes.childNodes);
};

if (box) {
  const near = new IntersectionObserver(([{ isIntersecting }]) => {
    if (!isIntersecting) return;
    near.disconnect();
    look();
    addEventListener("redrawn", look);
  }, { rootMargin: NEAR });
  near.observe(box);
}
