// The changes made in this tab, and the way back from each. A change is known by its batch, which every answer names.

import { redraw } from "./refresh.js";
import { post } from "./send.js";
import { say } from "./toast.js";

const KEY = "undo";
const MOST = 20;
let batches = [];
try {
  batches = JSON.parse(sessionStorage.getItem(KEY)) ?? [];
} catch {
  // Storage may be switched off; then they are known as long as the page.
}
const keep = () => {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(batches));
  } catch {
    // As above.
  }
};

const undo = async (batch) => {
  batches = batches.filter((known) => known !== batch);
  keep();
  try {
    const { events, skipped } = await (await post("/undo", new URLSearchParams({ batch }))).json();
    await redraw().catch(() => {});
    const left = skipped ? ` ${skipped} stayed as ${skipped === 1 ? "it is" : "they are"}.` : "";
    say(events ? `Undone.${left}` : `Nothing to undo.${left}`);
  } catch (error) {
    // What could not be done now can be tried again; what cannot be undone at all is forgotten.
    if (![404, 409].includes(error.status)) {
      batches = [...batches, batch].sort((one, other) => one - other);
      keep();
    }
    say(`Not undone. ${error.message}`);
  }
};

/** Says what was done in `batch`, with a way back; `more` are further actions. */
export const done = (text, batch, ...more) => {
  if (!batch) return say(text, ...more);
  batches = [...batches, batch].slice(-MOST);
  keep();
  say(text, { label: "Undo", run: () => undo(batch) }, ...more);
};

/** Takes the last change of this tab back. */
export const undoLast = () => (batches.length ? undo(batches.at(-1)) : say("Nothing was changed here."));
