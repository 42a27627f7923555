// Makes every page nicer; nothing needs it. Forms are sent without a reload; what does not change anything is in frame.js.
// A page with more to do has a module of its own beside this one.

import { begin, end } from "./cards.js";
import { find } from "./dom.js";
import "./frame.js";
import { register } from "./keys.js";
import { redraw, refresh } from "./refresh.js";
import { post } from "./send.js";
import { rove, showStars } from "./stars.js";
import { say } from "./toast.js";
import { done, undoLast } from "./undo.js";

rove();
register("Everywhere", [{ keys: ["u"], label: "Undo the last change", run: undoLast }]);

// Playlists

addEventListener("click", ({ target }) => {
  const button = target.closest?.("[data-add-to]");
  if (button) import("./add-to.js").then(({ openAddTo }) => openAddTo([Number(button.dataset.addTo)]));
});

// Coming back shows the page as it was left. The scroll position is right, the facts may not be.
addEventListener("pageshow", (event) => event.persisted && redraw().catch(() => {}));

// Forms: shown at once, taken back when the server refuses. One after the other, so that the last click wins.

const rate = (form, stars) => {
  const group = find(".stars", form);
  const before = group.dataset.n;
  showStars(group, stars);
  return () => showStars(group, before);
};
const love = (button) => {
  const show = (on) => {
    button.setAttribute("aria-pressed", on);
    button.value = !on;
  };
  const on = button.value === "true";
  show(on);
  return () => show(!on);
};
const afterTag = async (form, button) => {
  const place = button.name === "remove" ? [...form.querySelectorAll("button")].indexOf(button) : -1;
  if (place < 0) form.reset();
  await refresh("#tags .tags").catch(() => {});
  const left = find("#tags .tags").querySelectorAll("button");
  // Whoever types goes on typing.
  if (place >= 0 && document.activeElement !== find(".add input")) (left[Math.min(place, left.length - 1)] ?? find(".add input")).focus();
};

const told = (button) => {
  if (button.name === "stars") return button.value === "0" ? "Rating cleared." : `Rated ${button.value} of 5.`;
  if (button.name === "favorite") return button.value === "false" ? "Added to favorites." : "No longer a favorite.";
  if (button.name === "position_ms") return "This frame becomes the cover.";
  if (button.name === "automatic") return "The cover is chosen automatically again.";
  return "Tags changed.";
};

let sent = Promise.resolve();
addEventListener("submit", (event) => {
  const form = event.target;
  const button = event.submitter;
  // A form with `data-away` is the browser's to send: its answer is a page to look at, also where a script could have another.
  if (form.method !== "post" || !button || "away" in form.dataset) return;
  event.preventDefault();
  const url = button.getAttribute("formaction") ?? form.getAttribute("action");
  const fields = new URLSearchParams(new FormData(form));
  if (button.name) fields.set(button.name, button.value);
  let takeBack = () => {};
  if (button.name === "stars") takeBack = rate(form, button.value);
  if (button.name === "favorite") takeBack = love(button);
  begin(form);
  // What went wrong after one form was sent is nothing to the next.
  sent = sent.catch(() => {}).then(() => post(url, fields)).then(
    async (answer) => {
      const known = await answer.json();
      if (button.name === "retry") say("It is tried again.");
      else if (known.batch) done(told(button), known.batch);
      if (form.closest("#tags")) await afterTag(form, button);
      end(form, known);
    },
    (error) => {
      takeBack();
      end(form);
      say(`Not saved. ${error.message}`);
    },
  );
});
