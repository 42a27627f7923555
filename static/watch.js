// The page of one video as it is now: what the viewer does is followed, and can change it.

import { find } from "./dom.js";
import { player } from "./film.js";
import { follow } from "./follow.js";
import { register } from "./keys.js";
import { tagBox } from "./tagbox.js";

if (player) {
  follow(player);
  // The button that makes a cover of what is seen right now says where that is.
  addEventListener("click", ({ target }) => {
    const button = target.closest?.("[data-now]");
    if (button) button.value = Math.round(player.video.currentTime * 1000);
  }, true);
}

// Of a page that is left before it has come whole, only a part may be there.
const box = find(".add:has(#offers)");
if (box) tagBox(box, Number(box.getAttribute("action").split("/")[2]));
register("This video", [
  { keys: [..."012345"].map((stars) => `r ${stars}`), label: "Rate; 0 clears", run: (stars) => find(`.acts [name=stars][value="${stars}"]`).click() },
  { keys: ["s"], label: "Favorite", run: () => find(".acts .heart").click() },
  { keys: ["g"], label: "Add a tag", run: () => box && find("input", box).focus() },
]);
