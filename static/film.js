// The film on the page of one video: playing it, its chapters, and going on to the next. Nothing is told to anybody; what
// follows the viewer and changes something is in watch.js.

import { find } from "./dom.js";
import { chapters } from "./player-chapters.js";
import { mount } from "./player.js";
import { goOn, steps } from "./queue.js";
import { resume } from "./resume.js";
import { explain } from "./trouble.js";

const element = find(".player[data-id]");
/** The player, if there is something to play. */
export const player = element && mount(element, steps);
if (player) {
  resume(player);
  explain(player);
  chapters(player);
  player.begin();
}
goOn(player);
