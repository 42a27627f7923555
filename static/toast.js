// Short messages at the foot of the page, read out by screen readers.

import { find } from "./dom.js";

const SHOWN_MS = 6000;
let fading;

/** Shows `text` for a while. */
export const say = (text) => {
  const toast = find("#toast");
  toast.textContent = text;
  clearTimeout(fading);
  fading = setTimeout(() => { toast.textContent = ""; }, SHOWN_MS);
};
