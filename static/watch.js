// The page of one video: the player, and the tags that complete themselves.

import { find } from "./dom.js";
import { follow } from "./follow.js";
import { mount } from "./player.js";

const element = find(".player[data-id]");
const player = element && mount(element);
if (player) follow(player);
player?.video.addEventListener("error", () => { find("#trouble").hidden = false; });

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
