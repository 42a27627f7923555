// The page of one video: tags complete themselves, and a view is counted when somebody really watches.

import { find } from "./dom.js";
import { post } from "./send.js";

// Tags complete themselves

const add = find(".add input");
let asking;
add.addEventListener("input", () => {
  clearTimeout(asking);
  asking = setTimeout(async () => {
    const answer = await fetch(`/api/v1/tags/suggest?q=${encodeURIComponent(add.value)}`).catch(() => null);
    if (!answer?.ok) return;
    const { tags } = await answer.json();
    add.list.replaceChildren(...tags.map((tag) => {
      const option = document.createElement("option");
      option.value = tag.name;
      option.textContent = tag.videos === 1 ? "1 video" : `${tag.videos} videos`;
      return option;
    }));
  }, 120);
});

// Watching

const player = find("#player");
const watched = () => {
  let seconds = 0;
  for (let i = 0; i < player.played.length; i += 1) seconds += player.played.end(i) - player.played.start(i);
  return seconds;
};
let counted = false;
const count = (event) => {
  if (counted || (event.type === "timeupdate" && watched() < 1)) return;
  counted = true;
  post(player.dataset.view, new URLSearchParams()).catch(() => {});
};
player?.addEventListener("timeupdate", count);
player?.addEventListener("ended", count);
player?.addEventListener("error", () => { find("#trouble").hidden = false; });
