// Messages that outlive the page they come from, and the way back from a change.

import { post } from "./send.js";
import { say } from "./toast.js";

const KEY = "told";

/** What undoes `batch`; after it, `then` is called. For the actions of a message. */
export const undo = (batch, then = () => location.reload()) => ({
  label: "Undo",
  run: () => post("/undo", new URLSearchParams({ batch })).then(then, (error) => say(`Not undone. ${error.message}`)),
});

/** Goes to `url` and says `text` there, with a way to undo `batch`, if there is one. */
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
  if (left) say(left.text, ...(left.batch ? [undo(left.batch)] : []));
};
