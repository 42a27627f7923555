// Every page as a person sees it: without a violation of the accessibility rules that axe knows, and as a picture
// in target/screenshots for people to look at, from the width of a phone to that of a large screen, dark and light.

import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { JUDGED, THEMES, WIDTHS, browser, covered, gallery, screenshot, violations } from './harness.js';

const web = browser({ before, after });
const CLIPS = ['aurora', 'colour-wheel', 'lava-lamp', 'mandelbrot', 'morning-raga', 'petri-dish', 'rule-110'];
const NAMES = Object.fromEntries(CLIPS.map((clip) => [`${clip}.mp4`, `${clip}.mp4`]));
const PAGES = {
  home: '/?per_page=4',
  list: '/?view=list',
  favorites: '/favorites',
  popular: '/popular',
  'best-of': '/best-of',
  search: '/search?q=a',
  'search-start': '/search',
  'search-nothing': '/search?q=nothing+like+this',
  'search-slip': '/search?q=rating%3A9+%22auro',
  'search-typo': '/search?q=auroraa',
  filtered: '/?q=rating%3A%3E%3D3+is%3Afavorite&tag=calm',
  tags: '/tags',
  admin: '/admin',
  'admin-month': '/admin?window=30d',
  stats: '/history/stats',
  'stats-year': '/history/stats?last=365',
  tag: '/tag/calm',
  'tag-rename': '/tags/rename?from=calm&to=number+1',
  playlists: '/playlists',
  playlist: '/playlists/1',
  watch: '/watch/1',
  'watch-in-list': '/watch/2?from=%2Ffavorites',
  'watch-missing': '/watch/4',
  history: '/history',
  'history-everything': '/history?kind=everything',
  'history-of-video': '/history?video=1',
  'history-wrong': '/history?day=yesterday&kind=stars&video=nobody',
  'history-nothing': '/history?q=nothing+like+this',
  'history-batch': '/history/1',
  devices: '/history/devices',
  'past-list': '/?at=20&per_page=4',
  'past-watch': '/watch/1?at=20',
  'past-tags': '/tags?at=20',
  'past-playlist': '/playlists/1?at=22',
  'past-before': '/?at=0',
  'past-not-found': '/watch/4000000?at=20',
  compare: '/history/compare?from=9',
  'compare-start': '/history/compare',
  'not-found': '/watch/4000000',
};

/** Gives some of the videos stars, hearts and tags through the same door as the pages. Answers with the pages of taking
 *  back: of a change that others changed again, of a part of it, of an undo just done, and of what the disk said. */
async function decorate(page) {
  const edited = await page.request.post('/edits', { data: { videos: [1, 2, 3, 5, 6], stars: 2 } });
  const { batch } = await edited.json();
  const post = (address, form) => page.request.post(address, { form, headers: { accept: 'application/json' } });
  for (const id of [1, 2, 3]) {
    const answers = await Promise.all([
      post(`/videos/${id}/rating`, { stars: 6 - id }),
      post(`/videos/${id}/favorite`, { favorite: 'true' }),
      post(`/videos/${id}/tags`, { add: 'calm' }),
      post(`/videos/${id}/tags`, { add: `number ${id}` }),
    ]);
    assert.deepEqual(answers.map((answer) => answer.status()), [200, 200, 200, 200]);
    const list = await post(`/videos/${id}/playlists`, id === 1 ? { name: 'Evening' } : { playlist: '1' });
    assert.equal(list.status(), 200);
  }
  const form = { batch: String(batch), pos: String(batch + 4) };
  const undone = await page.request.post('/undo', { form, headers: { accept: 'application/json' } });
  const done = (await undone.json()).batch;
  return {
    undo: `/undo/${batch}`,
    'undo-part': `/undo/${batch}?pos=${batch + 3}`,
    'undo-done': `/undo/${done}?stayed=3`,
    'undo-scan': '/undo/1',
  };
}

/** Takes the file of the fourth video away, and waits until the gallery has noticed. */
async function lose(page, it) {
  await rm(path.join(it.folder, 'mandelbrot.mp4'));
  do await page.goto('/watch/4');
  while ((await page.getByText(/has been missing since/).count()) === 0);
}

async function visit(t, it, theme, width, pages, prefix = '') {
  const viewport = { width, height: 800 };
  const page = await web.open(t, it, { colorScheme: theme, viewport, expects: /40[04]/ });
  const found = [];
  for (const [name, address] of Object.entries(pages)) {
    await page.goto(address, { waitUntil: 'load' });
    if (JUDGED.includes(width)) found.push(...(await violations(page)).map((violation) => `${address} ${violation}`));
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (overflow > 0) found.push(`${address} is ${overflow} px wider than the screen`);
    await screenshot(page, `${prefix}${name}-${width}-${theme}`);
  }
  assert.deepEqual(found, []);
}

for (const theme of THEMES) {
  for (const width of WIDTHS) {
    test(`every page is accessible, ${theme}, ${width} px`, async (t) => {
      const it = await gallery(t, NAMES);
      const page = await web.open(t, it, { expects: /404/ });
      await page.goto('/');
      const undo = await decorate(page);
      await covered(it);
      await lose(page, it);
      await visit(t, it, theme, width, { ...PAGES, ...undo });
    });

    test(`an empty library is accessible and says what to do, ${theme}, ${width} px`, async (t) => {
      const it = await gallery(t, {});
      const { home, favorites, tags, playlists, history, devices } = PAGES;
      await visit(t, it, theme, width, { home, favorites, tags, playlists, history, devices }, 'empty-');
    });
  }
}

test('the theme that a person picks stays', async (t) => {
  const page = await web.open(t, await gallery(t, NAMES));
  const background = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  await page.goto('/');
  const dark = await background();
  await page.getByRole('button', { name: 'Switch between dark and light' }).click();
  const light = await background();
  assert.notEqual(light, dark);
  await page.reload();
  assert.equal(await background(), light);
});
