// Finding a video: the lists, their order, their pages, and the search.

import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { browser, gallery, titles } from './harness.js';

const web = browser({ before, after });
const NAMES = {
  'Cedar.mp4': 'aurora.mp4',
  'Apple pie.mp4': 'lava-lamp.mp4',
  'holidays/Beach.webm': 'moire.webm',
  'holidays/2024/Dunes.mp4': 'rule-110.mp4',
  'Elm.webm': 'tide-pool.webm',
};
const BY_TITLE = ['Apple pie', 'Beach', 'Cedar', 'Dunes', 'Elm'];

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? 'with JavaScript' : 'without JavaScript';

  test(`home lists the videos of all folders and sorts them, ${how}`, async (t) => {
    const page = await web.open(t, await gallery(t, NAMES), { javaScriptEnabled });
    await page.goto('/');
    assert.deepEqual((await titles(page)).sort(), BY_TITLE);
    const sorts = page.getByRole('navigation', { name: 'Sort by' });
    await sorts.getByRole('link', { name: 'Title' }).click();
    await page.waitForURL(/sort=title/);
    const once = await titles(page);
    await sorts.getByRole('link', { name: 'Title' }).click();
    await page.waitForURL(/order=/);
    const twice = await titles(page);
    assert.deepEqual(twice, once.toReversed(), 'the same sort again turns the order round');
    assert.deepEqual([once, twice].map(String).includes(String(BY_TITLE)), true);
  });

  test(`pages of a list are numbered and hold each video once, ${how}`, async (t) => {
    const page = await web.open(t, await gallery(t, NAMES), { javaScriptEnabled });
    await page.goto('/?sort=title&order=asc&per_page=2');
    const pages = page.getByRole('navigation', { name: 'Pages' });
    const seen = await titles(page);
    for (const number of [2, 3]) {
      await pages.getByRole('link', { name: 'Next' }).click();
      await page.waitForURL(new RegExp(`page=${number}`));
      seen.push(...(await titles(page)));
    }
    assert.deepEqual(seen, BY_TITLE);
    assert.equal(await pages.getByRole('link', { name: 'Next' }).count(), 0);
    await pages.getByRole('link', { name: 'Page 1' }).click();
    await page.getByRole('link', { name: 'Apple pie' }).waitFor();
  });

  test(`search finds a title and says when it finds nothing, ${how}`, async (t) => {
    const page = await web.open(t, await gallery(t, NAMES), { javaScriptEnabled });
    await page.goto('/');
    const box = page.getByLabel('Search titles, file names and tags');
    await box.fill('apple');
    await box.press('Enter');
    await page.waitForURL(/\/search\?q=apple/);
    assert.deepEqual(await titles(page), ['Apple pie']);
    await page.getByLabel('Search titles, file names and tags').fill('no such thing');
    await page.getByLabel('Search titles, file names and tags').press('Enter');
    await page.waitForURL(/no.such.thing/);
    assert.deepEqual(await titles(page), []);
    assert.match(await page.getByRole('main').innerText(), /no such thing/);
  });
}

test('random opens a video, and the browser goes back to the list', async (t) => {
  const page = await web.open(t, await gallery(t, NAMES));
  await page.goto('/');
  await page.getByRole('link', { name: 'Random video' }).click();
  await page.waitForURL(/\/watch\/\d+/);
  assert.ok(BY_TITLE.includes(await page.getByRole('heading', { level: 1 }).innerText()));
  await page.goBack();
  assert.equal((await titles(page)).length, BY_TITLE.length);
});
