// Parts of this page as the server draws them now; what is drawn there is drawn nowhere else.

import { find } from "./dom.js";
import { rove } from "./stars.js";

/** Replaces the first match of each selector by what the server draws there now. */
export const refresh = async (...selectors) => {
  const answer = await fetch(location.href);
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const selector of selectors) {
    const [here, there] = [find(selector), find(selector, fresh)];
    if (here && there) here.replaceWith(there);
    else if (here) location.reload();
  }
  rove();
};
