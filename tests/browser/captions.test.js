// Captions beside a video: found, read in whatever encoding they are, chosen with `c`, remembered.

import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { browser, gallery } from './harness.js';

const web = browser({ before, after });
const GERMAN = Buffer.from('1\r\n00:00:00,000 --> 00:00:09,000\r\n<i>Grüße</i> <b>& "Küsse" <script>\r\n', 'latin1');
const CZECH = Buffer.from('\ufeff1\n0:00,0 --> 0:09,0\nŽluťoučký kůň\n', 'utf16le');
const NAMES = { 'Film.mp4': 'aurora.mp4', 'Film.de.srt': GERMAN, 'Film.cs.forced.srt': CZECH, 'Other.mp4': 'rule-110.mp4' };

async function open(page, title) {
  await page.goto('/');
  await page.getByRole('link', { name: title, exact: true }).click();
  await page.getByRole('heading', { level: 1, name: title }).waitFor();
  await page.getByRole('button', { name: 'Play', exact: true }).waitFor();
}

test('captions in Windows-1252 and UTF-16 are chosen with the key, shown, and remembered', async (t) => {
  const page = await web.open(t, await gallery(t, NAMES));
  await open(page, 'Film');
  const button = page.getByRole('button', { name: 'Captions' });
  await button.waitFor();
  const shown = page.locator('.captions');
  await page.keyboard.press('c');
  await page.getByRole('button', { name: 'Captions: Czech, forced', pressed: true }).waitFor();
  await shown.getByText('Žluťoučký kůň').waitFor();
  await page.keyboard.press('c');
  await page.getByRole('button', { name: 'Captions: German', pressed: true }).waitFor();
  await shown.getByText('Grüße & "Küsse"').waitFor();
  assert.equal(await shown.locator('i').innerText(), 'Grüße');
  await page.reload();
  await shown.getByText('Grüße').waitFor();
  await page.getByRole('button', { name: 'Captions: German' }).click();
  await shown.waitFor({ state: 'hidden' });
  await page.reload();
  await button.waitFor();
  assert.equal(await button.getAttribute('aria-pressed'), 'false');
  await open(page, 'Other');
  await page.keyboard.press('c');
  await page.getByText('No captions').waitFor();
  assert.equal(await button.isVisible(), false);
});

test('captions that are too large say so', async (t) => {
  const names = { 'Film.mp4': 'aurora.mp4', 'Film.srt': Buffer.alloc(11_000_000, '1\n') };
  const page = await web.open(t, await gallery(t, names), { expects: /413/ });
  await open(page, 'Film');
  await page.getByRole('button', { name: 'Captions' }).click();
  await page.getByRole('status').getByText('captions have at most 10 MB').waitFor();
});
