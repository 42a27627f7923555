// What was said stays said: over a killed server, and under any file name.

import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { browser, change, gallery, playSomeOf, titles, until } from './harness.js';

const web = browser({ before, after });

test('a killed server forgets nothing', async (t) => {
  const it = await gallery(t, { 'Aurora.mp4': 'aurora.mp4', 'Moire.webm': 'moire.webm' });
  const before = await web.open(t, it);
  await before.goto('/');
  await before.getByRole('link', { name: 'Aurora', exact: true }).click();
  await before.waitForURL(/\/watch\/\d+/);
  const address = new URL(before.url()).pathname;
  const rating = before.locator('form').filter({ has: before.getByRole('button', { name: 'Clear rating' }) });
  await change(before, () => rating.getByRole('radio', { name: '3 stars' }).click());
  await change(before, () => rating.getByRole('button', { name: 'Favorite' }).click());
  await before.getByLabel('Add a tag').fill('kept');
  await change(before, () => before.getByLabel('Add a tag').press('Enter'));
  await change(before, () => playSomeOf(before));
  // A viewing is taken in before it is on the disk.
  await until(it, `/videos/${address.split('/').at(-1)}`, ({ views }) => views === 1);
  await before.goto('about:blank');

  await it.restart();

  const page = await web.open(t, it);
  await page.goto(address);
  await page.getByRole('heading', { level: 1, name: 'Aurora' }).waitFor();
  await page.getByRole('radio', { name: '3 stars', checked: true }).first().waitFor();
  await page.getByRole('button', { name: 'Favorite', pressed: true }).first().waitFor();
  await page.getByRole('main').getByRole('link', { name: 'kept', exact: true }).waitFor();
  await page.getByText('1 view', { exact: true }).first().waitFor();
});

/** File names without their extension, and what finds them. */
const AWKWARD = {
  [`"Quotes" & 'ticks'`]: 'ticks',
  '100% #1 is it? yes; no': '100%',
  '<b>bold<i> {{ 7 * 7 }}': 'bold',
  'smile 🎬 — ünïcödé': 'ünïcödé',
  'שלום rtl': 'שלום',
  'back\\slash %2e%2e %00': 'slash',
  'line\nbreak': 'break',
  [`${'long '.repeat(49)}end`]: 'long end',
};

test('any file name is shown as it is, opens, plays, and is found', async (t) => {
  const names = Object.keys(AWKWARD).map((name) => [`${name}.mp4`, 'rule-110.mp4']);
  const page = await web.open(t, await gallery(t, Object.fromEntries(names)));
  const seen = (text) => text.replace(/\s+/g, ' ').trim();
  for (const [name, words] of Object.entries(AWKWARD)) {
    await page.goto('/');
    await page.getByLabel('Search titles, file names and tags').fill(words);
    await page.getByLabel('Search titles, file names and tags').press('Enter');
    await page.waitForURL(/\/search\?/);
    assert.deepEqual((await titles(page)).map(seen), [seen(name)]);
    await page.getByRole('main').getByRole('heading').getByRole('link').click();
    await page.waitForURL(/\/watch\//);
    assert.equal(seen(await page.getByRole('heading', { level: 1 }).innerText()), seen(name));
    await playSomeOf(page);
  }
});
