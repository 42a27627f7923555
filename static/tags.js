// The tags: narrowed down while somebody types, and renamed in a dialog that says first what will happen.
//
// The dialog is the page of the link, drawn by the server; so is its preview.

import { find } from "./dom.js";
import { goAndSay, told } from "./later.js";
import { redraw } from "./refresh.js";
import { post } from "./send.js";
import { say } from "./toast.js";
import { done } from "./undo.js";

const PAUSE_MS = 120;

told();

const drawn = async (url) => {
  const answer = await fetch(url, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer) return null;
  return new DOMParser().parseFromString(await answer.text(), "text/html");
};

/** Calls `act` when nobody has typed into `input` for a moment. */
const whenTyped = (input, act) => {
  let pause;
  input.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(act, PAUSE_MS);
  });
};

// Narrowed down

const box = find(".find");
if (box) {
  const narrow = async () => {
    const fields = new URLSearchParams(new FormData(box));
    if (!fields.get("q").trim()) fields.delete("q");
    const query = fields.toString();
    history.replaceState(history.state, "", query ? `/tags?${query}` : "/tags");
    await redraw().catch(() => {});
  };
  whenTyped(find("input", box), narrow);
  box.addEventListener("submit", (event) => {
    event.preventDefault();
    narrow();
  });
}

// Renamed

/** Makes the form inside `place` say what it would do; `renamed` is called with the answer when it is done. */
const wire = (place, renamed) => {
  const ask = find(".ask", place);
  const from = find("[name=from]", ask).value;
  let asked = 0;
  const preview = async () => {
    const mine = asked += 1;
    const fresh = await drawn(`/tags/rename?${new URLSearchParams(new FormData(ask))}`);
    if (mine !== asked || !fresh) return;
    const there = find("#preview", fresh);
    if (there) find("#preview", place).replaceChildren(...there.childNodes);
    else say(`There is no tag #${from} any more.`);
  };
  whenTyped(find("[name=to]", ask), preview);
  place.addEventListener("submit", async (event) => {
    event.preventDefault();
    event.stopPropagation();
    if (event.target === ask) {
      // Enter asks, and leads to the button that does it.
      await preview();
      find(".do button", place)?.focus();
      return;
    }
    const fields = new URLSearchParams(new FormData(event.target));
    try {
      const { tag, batch } = await (await post("/tags/rename", fields)).json();
      const merged = fields.get("merge") === "true";
      renamed(`${merged ? `Merged #${from} into` : `Renamed #${from} to`} #${tag}.`, batch);
    } catch (error) {
      say(`Not renamed. ${error.message}`);
      await preview();
    }
  });
};

const page = find("main > #renaming");
if (page) wire(page, (text, batch) => goAndSay("/tags", text, batch));

const open = async (url) => {
  const form = find("#renaming", (await drawn(url)) ?? document);
  if (!form) {
    // Gone, or no answer: the page itself says why.
    location.assign(url);
    return;
  }
  const dialog = document.createElement("dialog");
  dialog.className = "dialog";
  find("h1", form).id = "renaming-title";
  dialog.setAttribute("aria-labelledby", "renaming-title");
  dialog.append(document.adoptNode(form));
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => {
    if (event.target !== dialog && !event.target.closest(".back")) return;
    event.preventDefault();
    dialog.close();
  });
  wire(dialog, async (text, batch) => {
    dialog.close();
    await redraw().catch(() => {});
    done(text, batch);
    find("#tag-list a")?.focus({ preventScroll: true });
  });
  document.body.append(dialog);
  dialog.showModal();
  const input = find("[name=to]", dialog);
  input.focus();
  input.select();
};

addEventListener("click", (event) => {
  const link = event.target.closest?.(".rename");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  open(link.href);
});
