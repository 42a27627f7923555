// One playlist: the player goes through it, entries are moved and taken out without a reload.

import { all, find } from "./dom.js";
import { follow } from "./follow.js";
import { goAndSay, told } from "./later.js";
import { mount } from "./player.js";
import { redraw as drawAnew } from "./refresh.js";
import { reorder } from "./reorder.js";
import { resume } from "./resume.js";
import { post } from "./send.js";
import { say } from "./toast.js";
import { done } from "./undo.js";

const queue = find("#queue");
const { playlist, page, pages, perPage } = queue.dataset;
const base = (page - 1) * perPage;
const element = find(".player[data-id]");
const index = (entry) => Number(entry.id.slice(4));
const title = (entry) => find("h2", entry).textContent.trim();

told();

// What plays, and what comes next

/** The entry in the player: its identity, and its place, should it be taken out meanwhile. */
let now = { item: undefined, index: -1 };

const mark = () => {
  for (const entry of all(".entry")) entry.removeAttribute("aria-current");
  const entry = find(`.entry[data-item="${now.item}"]`);
  if (!entry) return;
  entry.setAttribute("aria-current", "true");
  now.index = index(entry);
  find("#now-place").textContent = now.index + 1;
  const link = find("#now-title");
  link.textContent = title(entry);
  link.href = find("h2 a", entry).href;
};

/** Puts an entry into the player and plays it. */
const play = (entry) => {
  const before = find(`.entry[data-item="${now.item}"]`);
  if (before) before.dataset.startMs = player.video.ended ? 0 : Math.round(player.video.currentTime * 1000);
  now = { item: entry.dataset.item, index: index(entry) };
  find(".picture > .cover", element).replaceWith(find(".cover", entry).cloneNode(true));
  const start = Number(entry.dataset.startMs) / 1000;
  const { dataset } = entry;
  const { video: id, poster } = dataset;
  player.load({ file: dataset, title: title(entry), id, start, poster, board: "board" in dataset });
  mark();
  history.replaceState(history.state, "", `#${entry.id}`);
  entry.scrollIntoView({ block: "nearest" });
  player.play().catch(() => {});
};

/** The first entry from this place on that can be played; on the next page if need be. */
const playFrom = (place) => {
  const next = all(".entry[data-media]").find((entry) => index(entry) >= place);
  if (next) play(next);
  else if (Number(page) < pages) location.assign(`?page=${Number(page) + 1}#pos-${page * perPage}`);
  else say("That was the last one of this playlist.");
};

/** The last entry before what plays now that can be played. */
const playBefore = () => {
  const before = all(".entry[data-media]").findLast((entry) => index(entry) < now.index);
  if (before) play(before);
};

/** What comes after what plays; when that was taken out, what stands in its place. */
const playNext = () => playFrom(find(`.entry[data-item="${now.item}"]`) ? now.index + 1 : now.index);

/** Goes to `#pos-7`, also on another page. */
const goToHash = () => {
  const place = /^#pos-(\d{1,6})$/.exec(location.hash)?.[1];
  if (place === undefined) return;
  const wanted = Math.floor(place / perPage) + 1;
  if (wanted !== Number(page) && wanted <= pages) location.replace(`?page=${wanted}#pos-${place}`);
  else if (element) playFrom(Number(place));
};

let player;
if (element) {
  const first = find(".entry[data-media]");
  now = { item: first.dataset.item, index: index(first) };
  mark();
  player = mount(element, { previous: playBefore, next: playNext });
  resume(player);
  follow(player);
  const { video } = player;
  let wanted = false;
  video.addEventListener("play", () => { wanted = true; });
  video.addEventListener("ended", playNext);
  video.addEventListener("error", async () => {
    const { item } = now;
    // Without a server no entry plays, and going through all of them helps nobody.
    const answer = await fetch(player.address(), { headers: { Range: "bytes=0-0" } }).catch(() => null);
    if (item !== now.item) return;
    if (!answer || answer.status >= 500) return say("The server does not answer.");
    say(`“${video.getAttribute("aria-label")}” cannot be played in this browser.`);
    if (wanted) playNext();
  });
  element.addEventListener("way", ({ detail }) => {
    if (detail?.silent) say(`Without sound: this browser cannot play ${detail.silent}.`);
    if (detail?.name === "convert") say("This browser cannot play this file; the server converts it while you watch.");
  });
  player.begin();
  addEventListener("click", (event) => {
    const entry = event.target.closest?.(".entry h2 a")?.closest(".entry[data-media]");
    if (!entry || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    play(entry);
  });
}
goToHash();
addEventListener("hashchange", goToHash);

// Changes

addEventListener("redrawn", mark);
// What was done is done, whether or not it can be shown now.
const redraw = () => drawAnew().catch(() => {});
const failed = (error) => {
  say(`Not saved. ${error.message}`);
  return redraw();
};

const move = (item, place) => post(`/playlists/${playlist}/items/${item}/move`, new URLSearchParams({ index: place }))
  // The next one may be in somebody's hand already.
  .then(() => find(".lifted") || redraw(), failed)
  .then(() => find(".lifted") || find(`.entry[data-item="${item}"] .handle`)?.focus({ preventScroll: true }));

const remove = (button) => {
  const entry = button.closest(".entry");
  const [name, place] = [title(entry), index(entry)];
  return post(button.getAttribute("formaction"), new URLSearchParams()).then((answer) => answer.json()).then(async ({ batch }) => {
    await redraw();
    done(`Removed “${name}”.`, batch);
    (find(`#pos-${place} .handle`) ?? find(".entry:last-child .handle"))?.focus();
  });
};

const edit = async (form) => {
  const { batch } = await (await post(form.getAttribute("action"), new URLSearchParams(new FormData(form)))).json();
  await redraw();
  document.title = document.title.replace(/.*(?= – )/, () => find("h1").textContent);
  find(".doings summary").focus();
  done(batch ? "Saved." : "Nothing was changed.", batch);
};

const erase = async (form) => {
  const { batch } = await (await post(form.getAttribute("action"), new URLSearchParams())).json();
  goAndSay("/playlists", `Deleted “${find("h1").textContent}”.`, batch);
};

let sent = Promise.resolve();
document.addEventListener("submit", (event) => {
  const [form, button] = [event.target, event.submitter];
  if (!form.matches("#entries, .doings form")) return;
  event.preventDefault();
  event.stopPropagation();
  const act = () => {
    if (button?.name === "index") return move(button.closest(".entry").dataset.item, button.value);
    if (button?.name === "item") return remove(button);
    return form.getAttribute("action").endsWith("/delete") ? erase(form) : edit(form);
  };
  sent = sent.then(act).catch((error) => say(`Not saved. ${error.message}`));
});

// Menus close when somebody goes elsewhere
addEventListener("click", ({ target }) => {
  for (const dots of all(".dots[open]")) if (!dots.contains(target)) dots.open = false;
});
addEventListener("keydown", ({ key, target }) => {
  const dots = key === "Escape" && target.closest?.(".dots[open]");
  if (!dots) return;
  dots.open = false;
  find("summary", dots).focus();
});

reorder({ base, tell: (text) => { find("#moves").textContent = text; }, move });
