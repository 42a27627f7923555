// Storyboards: one picture of many small ones from all over a film. It is fetched when somebody wants to see it.

const MOST = 40;
const known = new Map();

const fetched = async (id) => {
  const answer = await fetch(`/thumbnails/${id}/storyboard.json`);
  if (!answer.ok) return null;
  const board = await answer.json();
  const sheet = Object.assign(new Image(), { src: board.sheet });
  await sheet.decode();
  // What stands in for one that has to be made again has another size.
  return sheet.naturalWidth >= board.columns * board.tile_width ? board : null;
};

/** The storyboard of a video, ready to be drawn; null if there is none. */
export const boardOf = async (id) => {
  if (!known.has(id)) known.set(id, fetched(id).catch(() => null));
  if (known.size > MOST) known.delete(known.keys().next().value);
  const board = await known.get(id);
  if (!board) known.delete(id);
  return board;
};

/** Draws in `element` the small picture of the `share` of the film, 0 to 1. */
export const drawTile = (element, board, share) => {
  const { sheet, tiles, columns, tile_width: width, tile_height: height } = board;
  const tile = Math.min(Math.max(0, Math.floor(share * tiles)), tiles - 1);
  const rows = Math.ceil(tiles / columns);
  const place = (index, count) => (count > 1 ? `${(100 * index) / (count - 1)}%` : "0%");
  Object.assign(element.style, {
    aspectRatio: `${width} / ${height}`,
    backgroundImage: `url("${sheet}")`,
    backgroundSize: `${100 * columns}% ${100 * rows}%`,
    backgroundPosition: `${place(tile % columns, columns)} ${place(Math.floor(tile / columns), rows)}`,
  });
};

/** Whether small pictures are worth their bytes to this browser. */
export const worthwhile = () => !navigator.connection?.saveData;
