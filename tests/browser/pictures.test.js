// Every page as a person sees it: without a violation of the accessibility rules that axe knows, and as a picture
// in target/screenshots for people to look at, at the widths of a phone and a desk, dark and light.

import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { THEMES, WIDTHS, browser, gallery, screenshot, violations } from './harness.js';

const web = browser({ before, after });
const CLIPS = ['aurora', 'colour-wheel', 'lava-lamp', 'mandelbrot', 'morning-raga', 'petri-dish', 'rule-110'];
const NAMES = Object.fromEntries(CLIPS.map((clip) => [`${clip}.mp4`, `${clip}.mp4`]));
const PAGES = {
  home: '/?per_page=4',
  favorites: '/favorites',
  popular: '/popular',
  'best-of': '/best-of',
  search: '/search?q=a',
  'search-nothing': '/search?q=nothing+like+this',
  tags: '/tags',
  tag: '/tag/calm',
  'tag-rename': '/tags/rename?from=calm&to=number+1',
  playlists: '/playlists',
  playlist: '/playlists/1',
  watch: '/watch/1',
  'not-found': '/watch/4000000',
};

/** Gives some of the videos stars, hearts and tags through the same door as the pages. */
async function decorate(page) {
  const post = (path, form) => page.request.post(path, { form, headers: { accept: 'application/json' } });
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
}

async function visit(t, it, theme, width, pages, prefix = '') {
  const viewport = { width, height: 800 };
  const page = await web.open(t, it, { colorScheme: theme, viewport, expects: /404/ });
  const found = [];
  for (const [name, path] of Object.entries(pages)) {
    await page.goto(path, { waitUntil: 'load' });
    found.push(...(await violations(page)).map((violation) => `${path} ${violation}`));
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (overflow > 0) found.push(`${path} is ${overflow} px wider than the screen`);
    await screenshot(page, `${prefix}${name}-${width}-${theme}`);
  }
  assert.deepEqual(found, []);
}

for (const theme of THEMES) {
  for (const width of WIDTHS) {
    test(`every page is accessible, ${theme}, ${width} px`, async (t) => {
      const it = await gallery(t, NAMES);
      const page = await web.open(t, it);
      await page.goto('/');
      await decorate(page);
      await visit(t, it, theme, width, PAGES);
    });

    test(`an empty library is accessible and says what to do, ${theme}, ${width} px`, async (t) => {
      const it = await gallery(t, {});
      const { home, favorites, tags, playlists } = PAGES;
      await visit(t, it, theme, width, { home, favorites, tags, playlists }, 'empty-');
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
