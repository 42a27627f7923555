// Cards, rows and the page of a video show what others do, in place: nothing moves under whoever reads.

import { showPictures } from "./covers.js";
import { all, find } from "./dom.js";
import { onChange } from "./live.js";
import { redraw, refresh } from "./refresh.js";
import { showStars } from "./stars.js";

const CARD_TAGS = 3;
const PAUSE_MS = 400;
/** Nouns of events after which more than single cards may look otherwise. */
const WIDER = /^(tag\.(renamed|merged)|video\.(?!probed)|image\.|group\.)/;
/** What is only told of the video whose page this is. */
const FINER = /^(video\.probed|thumbnail\.)/;

const make = (tag, properties, ...inside) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...inside);
  return element;
};

const showTags = (card, tags) => {
  const list = find("ul.tags", card);
  const shown = list ? all(".tag", list).map((tag) => tag.textContent) : [];
  const [few, more] = [tags.slice(0, CARD_TAGS), Math.max(0, tags.length - CARD_TAGS)];
  const moreShown = find(".more", card)?.textContent ?? "";
  if (few.join("\n") === shown.join("\n") && moreShown === (more ? `+${more}` : "")) return;
  if (list?.contains(document.activeElement)) return;
  const items = few.map((tag) => make("li", {}, make("a", { className: "tag", href: `/tag/${encodeURIComponent(tag)}`, dir: "auto" }, tag)));
  if (more) items.push(make("li", { className: "more" }, `+${more}`));
  list?.remove();
  if (items.length) card.append(make("ul", { className: "tags" }, ...items));
};

const showViews = (place, views) => {
  const text = views === 1 ? "1 view" : `${views.toLocaleString("en")} views`;
  if (place?.firstChild && place.firstChild.data !== text) place.firstChild.data = text;
};

const showGiven = (facts, stars) => {
  const given = find(".given", facts);
  if (!stars) return given?.remove();
  const span = given ?? make("span", { className: "given", role: "img" });
  span.setAttribute("aria-label", `${stars} of 5 stars`);
  span.textContent = "★".repeat(stars);
  if (!given) facts.prepend(span, " ");
};

const showForm = (form, { stars, favorite }) => {
  const group = find(".stars", form);
  if (group && group.dataset.n !== String(stars ?? 0)) showStars(group, String(stars ?? 0));
  const heart = find(".heart", form);
  if (heart) {
    heart.setAttribute("aria-pressed", favorite);
    heart.value = !favorite;
  }
};

const showWatched = (known) => {
  showViews(find(".acts .views"), known.views);
  const box = find("#tags .tags");
  const shown = all('button[name="remove"]', box ?? undefined).map((button) => button.value);
  if (!box || find("#tags [data-sending]") || box.contains(document.activeElement) || shown.join("\n") === known.tags.join("\n")) return;
  refresh("#tags .tags").catch(() => {});
};

const missed = new WeakMap();
/** Whether `form` is being sent: what it shows is newer than what is `known`, which is kept for later. */
const busy = (form, known) => Boolean(form?.dataset.sending) && missed.set(form, known);

/** Shows what is `known` of a video wherever it is on this page. */
const patch = (known) => {
  for (const card of all(`[data-video="${known.video}"]`)) {
    const form = find("form", card);
    showPictures(card, known);
    if (busy(form, known)) continue;
    if (form) showForm(form, known);
    showViews(find(".views", card), known.views);
    if (card.matches(".card")) showTags(card, known.tags);
    else if (card.matches(".row")) showGiven(find(".facts", card), known.stars);
  }
  const player = find(`.player[data-id="${known.video}"]`);
  if (player) showPictures(player, known);
  const form = find(`.acts form[action="/videos/${known.video}/rating"]`);
  if (!form || busy(form, known)) return;
  showForm(form, known);
  showWatched(known);
};

/** `form` begins to be sent. */
export const begin = (form) => { form.dataset.sending = Number(form.dataset.sending ?? 0) + 1; };
/** One sending of `form` was answered with what is `known`, if it was; what others did meanwhile counts. */
export const end = (form, known) => {
  if (form.dataset.sending > 1) {
    form.dataset.sending -= 1;
    return;
  }
  delete form.dataset.sending;
  const latest = missed.get(form) ?? known;
  missed.delete(form);
  if (latest?.video) patch(latest);
};

/** What somebody is in the middle of, and a redraw would take out of their hands. */
const IN_HAND = ".lifted, .doings details[open], [data-redraw] :focus-visible, .acts :focus-visible, #tags .tags :focus-visible";

let wider = false;
let waiting;
const catchUp = () => {
  clearTimeout(waiting);
  if (!wider || document.hidden) return;
  // One look at the page for many changes, and none while nobody looks at it.
  waiting = setTimeout(async () => {
    if (find(IN_HAND)) return catchUp();
    wider = false;
    // While the server draws, somebody may take something in hand.
    const drawn = await redraw(() => find(IN_HAND)).catch(() => true);
    wider ||= !drawn;
    catchUp();
  }, PAUSE_MS);
};
document.addEventListener("visibilitychange", catchUp);

onChange(({ events, videos }) => {
  videos.forEach(patch);
  const own = find(".watch .player")?.dataset.id;
  wider ||= events.some(({ kind, video }) => WIDER.test(kind) || (FINER.test(kind) && String(video) === own));
  catchUp();
});
