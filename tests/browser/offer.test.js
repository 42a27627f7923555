// The offer to bring along what a browser remembers of the old gallery.

import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { browser, change, gallery } from './harness.js';

const web = browser({ before, after });
const NAMES = { [`It's 100% "Aurora" #1 & 🎬.mp4`]: 'aurora.mp4', 'Moire.webm': 'moire.webm' };

/** A browser that used the old gallery at this address. */
async function remembering(t) {
  const page = await web.open(t, await gallery(t, NAMES));
  await page.goto('/tags');
  await page.evaluate(([odd]) => {
    localStorage.setItem(`video-position-${odd}`, '4.25');
    localStorage.setItem('video-position-gone.mp4', '12');
    localStorage.setItem('video-position-Moire.webm', 'junk');
    const played = [{ type: 'video', name: 'Moire', url: '/watch/Moire.webm?x=1', timestamp: 1_700_000_000_000 }, null];
    localStorage.setItem('video_server_recently_played', JSON.stringify(played));
  }, Object.keys(NAMES));
  await page.goto('/');
  return page;
}

test('what the old gallery left in a browser is brought along once', async (t) => {
  const page = await remembering(t);
  const offer = page.getByRole('region', { name: 'From the old gallery' });
  await offer.getByText('where you stopped in 3 videos and what you played last').waitFor();
  await change(page, () => offer.getByRole('button', { name: 'Yes' }).click());
  await page.getByRole('status').filter({ hasText: 'Brought along 2 records. 2 fit no video here.' }).waitFor();
  await offer.waitFor({ state: 'detached' });
  await page.getByRole('main').getByRole('link', { name: /Aurora/ }).first().click();
  await page.getByText('Resumed at 0:04').waitFor();
  assert.equal(await page.evaluate(() => localStorage.getItem('video-position-gone.mp4')), '12', 'nothing is deleted');
  await page.goto('/');
  await page.waitForFunction(() => document.readyState === 'complete');
  assert.equal(await offer.count(), 0);
});

test('whoever declines is not asked again, and a browser without memories never', async (t) => {
  const page = await remembering(t);
  const offer = page.getByRole('region', { name: 'From the old gallery' });
  await offer.getByRole('button', { name: 'No' }).click();
  await offer.waitFor({ state: 'detached' });
  await page.reload();
  await page.waitForFunction(() => document.readyState === 'complete');
  assert.equal(await offer.count(), 0);
  await page.evaluate(() => localStorage.clear());
  await page.reload();
  await page.waitForFunction(() => document.readyState === 'complete');
  assert.equal(await offer.count(), 0);
});
