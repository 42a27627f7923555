// The tags of the library: found, renamed, merged, and taken back.

import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { browser, change, gallery } from './harness.js';

const web = browser({ before, after });
const NAMES = { 'Aurora.mp4': 'aurora.mp4', 'Moire.webm': 'moire.webm', 'Rule.mp4': 'rule-110.mp4' };
const HOSTILE = `<b>50%</b> & "sea"/lake, #1 🎬`;

/** The tags and numbers that the page shows. */
const shown = async (page) => (await page.locator('#tag-list .tag > a:first-child').allInnerTexts()).map((text) => text.replace(/\s+/g, ' '));

/** `sea` is on two videos, `Ocean` on two; one has both. */
async function tagged(t, options) {
  const page = await web.open(t, await gallery(t, NAMES), options);
  for (const [id, tag] of [[1, 'sea'], [2, 'sea'], [2, 'Ocean'], [3, 'Ocean'], [3, 'calm']]) {
    assert.equal((await page.request.post(`/videos/${id}/tags`, { form: { add: tag } })).status(), 200);
  }
  await page.goto('/tags');
  return page;
}

test('a tag is renamed in a dialog that says how many videos it is about, and the name comes back with Undo', async (t) => {
  const page = await tagged(t);
  await page.getByRole('link', { name: 'Rename sea' }).click();
  const dialog = page.getByRole('dialog', { name: 'Rename #sea' });
  await dialog.getByRole('textbox', { name: 'New name' }).fill(HOSTILE);
  await dialog.getByText(`2 videos will have #${HOSTILE} instead of #sea.`).waitFor();
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.activeElement.textContent === 'Rename');
  await change(page, () => page.keyboard.press('Enter'));
  await page.getByRole('link', { name: `Rename ${HOSTILE}` }).waitFor();
  await change(page, () => page.getByRole('button', { name: 'Undo' }).click());
  await page.getByRole('link', { name: 'Rename sea' }).waitFor();
  assert.deepEqual(await shown(page), ['calm 1 video', 'Ocean 2 videos', 'sea 2 videos']);
});

test('a merge is told before it happens, and taken back', async (t) => {
  const page = await tagged(t);
  await page.getByRole('link', { name: 'Rename sea' }).click();
  await page.getByRole('dialog').getByRole('textbox').fill('ocean');
  await page.getByText('This merges 2 videos of #sea into #Ocean (2 videos); 1 has both.').waitFor();
  await change(page, () => page.getByRole('button', { name: 'Merge' }).click());
  await page.getByRole('link', { name: 'Rename sea' }).waitFor({ state: 'detached' });
  assert.deepEqual(await shown(page), ['calm 1 video', 'Ocean 3 videos']);
  await change(page, () => page.getByRole('button', { name: 'Undo' }).click());
  await page.getByRole('link', { name: 'Rename sea' }).waitFor();
  assert.deepEqual(await shown(page), ['calm 1 video', 'Ocean 2 videos', 'sea 2 videos']);
});

test('a tag that was renamed in another tab says so', async (t) => {
  const page = await tagged(t, { expects: /404/ });
  await page.getByRole('link', { name: 'Rename sea' }).click();
  await page.request.post('/tags/rename', { form: { from: 'sea', to: 'lake' } });
  await page.getByRole('dialog').getByRole('textbox').fill('pond');
  await page.getByRole('status').filter({ hasText: 'There is no tag #sea any more.' }).waitFor();
  await page.keyboard.press('Escape');
  await page.waitForFunction(() => document.activeElement.matches('.rename'));
});

test('tags are narrowed down while typing, sorted by use, and the address says so', async (t) => {
  const page = await tagged(t);
  await page.getByRole('searchbox', { name: 'Find a tag' }).fill('EA');
  await page.waitForURL(/\/tags\?q=EA$/);
  await page.getByText('2 of 3 tags').waitFor();
  assert.deepEqual(await shown(page), ['Ocean 2 videos', 'sea 2 videos']);
  await page.getByRole('searchbox', { name: 'Find a tag' }).fill('');
  await page.waitForURL(/\/tags$/);
  await page.getByRole('link', { name: 'Videos', exact: true }).click();
  await page.waitForURL(/sort=videos/);
  assert.equal((await shown(page)).at(-1), 'calm 1 video');
});

test('tags are found, renamed and merged without JavaScript', async (t) => {
  const page = await tagged(t, { javaScriptEnabled: false });
  await page.getByRole('searchbox', { name: 'Find a tag' }).fill('sea');
  await page.getByRole('button', { name: 'Find' }).click();
  await page.getByRole('link', { name: 'Rename sea' }).click();
  const rename = async (name, act) => {
    await page.getByRole('textbox', { name: 'New name' }).fill(name);
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.getByRole('button', { name: act }).click();
  };
  await rename(HOSTILE, 'Rename');
  await page.getByRole('heading', { level: 1, name: `#${HOSTILE}` }).waitFor();
  await page.goto('/tags');
  await page.getByRole('link', { name: `Rename ${HOSTILE}` }).click();
  await rename('ocean', 'Merge');
  await page.getByRole('heading', { level: 1, name: '#Ocean' }).waitFor();
  assert.equal(await page.locator('.card').count(), 3);
});
