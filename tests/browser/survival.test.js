// What was said stays said: over a killed server, and under any file name.

import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { browser, change, gallery, playSomeOf } from './harness.js';

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

const AWKWARD = [
  `"Quotes" & 'ticks'`,
  '100% #1 is it? yes; no',
  '<b>bold</b> {{ 7 * 7 }}',
  'smile 🎬 — ünïcödé',
  'שלום rtl',
  'back\\slash %2e%2e %00',
  'line\nbreak',
  `${'long '.repeat(49)}end`,
];

test('any file name is shown as it is, opens, plays, and is found', async (t) => {
  const it = await gallery(t, Object.fromEntries(AWKWARD.map((name) => [`${name}.mp4`, 'rule-110.mp4'])));
  const page = await web.open(t, it);
  const seen = (text) => text.replace(/\s+/g, ' ').trim();
  for (const name of AWKWARD) {
    await page.goto(`/search?q=${encodeURIComponent(name.split(/\s/).at(-1))}`);
    const link = page.getByRole('main').locator(`a[title=${JSON.stringify(name).replace('\\n', '\\a ')}]`);
    await link.first().click();
    await page.waitForURL(/\/watch\//);
    assert.equal(seen(await page.getByRole('heading', { level: 1 }).innerText()), seen(name));
    await playSomeOf(page);
  }
});
