// How the gallery is doing, kept up to date while somebody looks: often while there is work, seldom else.

import { find } from "./dom.js";
import { drawn } from "./refresh.js";

const BUSY_MS = 1000;
const QUIET_MS = 10_000;

/** What somebody is about to press stays where it is. */
const held = () => find("#dashboard :focus-visible");

const look = async () => {
  const fresh = document.hidden || held() ? null : await drawn().catch(() => null);
  const there = fresh && find("#dashboard", fresh);
  // Somebody may have come to it while the server drew.
  if (there && !held()) find("#dashboard").replaceWith(there);
  setTimeout(look, "busy" in find("#dashboard").dataset ? BUSY_MS : QUIET_MS);
};
setTimeout(look, BUSY_MS);
