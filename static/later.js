// Messages that outlive the page they come from.

import { done } from "./undo.js";

const KEY = "told";

/** Goes to `url` and says there what was done in `batch`. */
export const goAndSay = (url, text, batch) => {
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ text, batch }));
  } catch {
    // Storage may be switched off; then nothing is said.
  }
  location.assign(url);
};

/** Says what the page before this one left to be said. */
export const told = () => {
  let left;
  try {
    left = JSON.parse(sessionStorage.getItem(KEY));
    sessionStorage.removeItem(KEY);
  } catch {
    return;
  }
  if (left) done(left.text, left.batch);
};
