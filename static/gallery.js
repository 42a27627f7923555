// Lists of videos as they are now: the keys that act on cards, the selection, and what comes by itself.

import { find } from "./dom.js";
import { register } from "./keys.js";
import { current, focused, link } from "./list.js";
import "./select.js";

const rate = (card, stars) => {
  const form = find("form", card);
  const button = find(`.stars [value="${stars}"]`, form) ?? document.createElement("button");
  if (!button.form) {
    // Nobody can click on no stars; the same form is sent by a button that is there for a moment.
    Object.assign(button, { name: "stars", value: stars, hidden: true });
    form.append(button);
  }
  form.requestSubmit(button);
  if (button.hidden) button.remove();
};
const tag = async (card) => (await import("./tagging.js")).openTagging([Number(card.dataset.video)], link(card).title);

register("Videos", [
  { keys: ["f"], label: "Favorite", when: focused, run: () => find(".heart", current()).click() },
  { keys: ["1", "2", "3", "4", "5"], label: "Rate", when: focused, run: (key) => rate(current(), key) },
  { keys: ["0"], label: "Clear the rating", when: focused, run: () => rate(current(), "0") },
  { keys: ["t"], label: "Tags", when: focused, run: () => tag(current()) },
]);

// While the folders are read for the first time, what was found so far appears by itself

const LOOK_AGAIN_MS = 1000;
const lookAgain = async () => {
  const answer = await fetch(location.href).catch(() => null);
  const there = answer?.ok && new DOMParser().parseFromString(await answer.text(), "text/html");
  if (there && !find(".card") && (find(".card", there) || !find("[data-scanning]", there))) return location.reload();
  // What is on the page stays where it is; only the count goes on.
  if (there && find(".head .sub", there)) find(".head .sub")?.replaceWith(find(".head .sub", there));
  if (find("[data-scanning]")) setTimeout(lookAgain, LOOK_AGAIN_MS);
};
if (find("[data-scanning]")) setTimeout(lookAgain, LOOK_AGAIN_MS);
