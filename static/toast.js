// Short messages at the foot of the page, read out by screen readers. They stay while somebody points at them or is in them.

import { find } from "./dom.js";

const SHOWN_MS = 6000;
const SHOWN_WITH_ACTIONS_MS = 10_000;
const toast = find("#toast");
let fading;

const clear = () => toast.replaceChildren();
const stay = () => clearTimeout(fading);
const fade = () => {
  stay();
  if (!toast.matches(":hover, :focus-within")) fading = setTimeout(clear, find("button", toast) ? SHOWN_WITH_ACTIONS_MS : SHOWN_MS);
};
for (const type of ["pointerenter", "focusin"]) toast.addEventListener(type, stay);
for (const type of ["pointerleave", "focusout"]) toast.addEventListener(type, () => setTimeout(fade));

/** Shows `text` for a while, with a button for each of `actions`: { label, run }. */
export const say = (text, ...actions) => {
  const line = document.createElement("span");
  line.textContent = text;
  const buttons = actions.map(({ label, run }) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = label;
    button.addEventListener("click", () => {
      clear();
      run();
    });
    return button;
  });
  toast.replaceChildren(line, ...buttons);
  fade();
};
