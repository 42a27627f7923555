// How the gallery is doing, kept up to date while somebody looks: often while there is work, seldom else.

import { find } from "./dom.js";
import { refresh } from "./refresh.js";

const BUSY_MS = 1000;
const QUIET_MS = 10_000;

const look = async () => {
  // What somebody is about to press stays where it is.
  const held = find("#cards").contains(document.activeElement);
  if (!document.hidden && !held) await refresh("#cards").catch(() => {});
  setTimeout(look, "busy" in find("#cards").dataset ? BUSY_MS : QUIET_MS);
};
setTimeout(look, BUSY_MS);
