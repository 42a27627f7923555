// Playing what a browser cannot play as it is: other containers, the sound of AVI, captions inside of a file, and what is
// said when nothing helps.

import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { browser, covered, gallery, playSomeOf, screenshot } from './harness.js';

const web = browser({ before, after });

/** A gallery of one of the clips that readers are tested with, which has been looked into. */
async function clip(t, name) {
  const it = await gallery(t, { [name]: `tests/clips/${name}` });
  await covered(it);
  return it;
}

async function open(page, title) {
  await page.goto('/');
  await page.getByRole('link', { name: title, exact: true }).click();
  await page.getByRole('heading', { level: 1, name: title }).waitFor();
}

const src = (page) => page.locator('video').evaluate((video) => video.currentSrc);

test('H.264 and MP3 in an AVI play, seek, and have their length', async (t) => {
  const page = await web.open(t, await clip(t, 'h264.avi'));
  await open(page, 'h264');
  await playSomeOf(page);
  assert.match(await src(page), /^blob:/);
  assert.equal(await page.locator('#trouble').isVisible(), false);
  const { duration, sound } = await page.locator('video').evaluate((video) => ({ duration: video.duration, sound: video.webkitAudioDecodedByteCount }));
  assert.ok(Math.abs(duration - 4) < 0.2, `it lasts ${duration} s`);
  assert.ok(sound > 0, 'it is heard');
  await page.locator('video').evaluate((video) => {
    video.pause();
    video.currentTime = 3;
  });
  await page.waitForFunction(() => {
    const video = document.querySelector('video');
    return !video.seeking && video.readyState > 1 && video.currentTime === 3;
  });
});

for (const [name, said] of [['h264.mov', 'It plays without sound'], ['h264.mkv', '']]) {
  test(`${name} plays`, async (t) => {
    const page = await web.open(t, await clip(t, name));
    await open(page, 'h264');
    await playSomeOf(page);
    if (said) await page.locator('#trouble').getByText(said).waitFor();
    else assert.equal(await page.locator('#trouble').isVisible(), false);
  });
}

test('when the file does not play after all, its streams are played from the same place', async (t) => {
  const page = await web.open(t, await clip(t, 'h264.mkv'));
  await page.route('**/h264.mkv', (route) => route.fulfill({ contentType: 'video/x-matroska', body: 'not a film' }));
  await open(page, 'h264');
  await page.waitForFunction(() => document.querySelector('video').currentSrc.startsWith('blob:'));
  await playSomeOf(page);
  assert.equal(await page.locator('#trouble').isVisible(), false);
});

test('captions inside of a film are offered and shown', async (t) => {
  const page = await web.open(t, await clip(t, 'h264.mkv'));
  await open(page, 'h264');
  await page.getByRole('button', { name: 'Captions' }).click();
  await page.getByRole('button', { name: /^Captions: English/, pressed: true }).waitFor();
  const words = await page.evaluate(() => fetch(document.querySelector('track').src).then((answer) => answer.text()));
  const [, from, text] = /(\d\d:\d\d:\d\d\.\d{3}) --> .*\n(.+)/.exec(words);
  const at = from.split(':').reduce((seconds, part) => seconds * 60 + Number(part), 0);
  await page.locator('video').evaluate((video, at) => { video.currentTime = at + 0.05; }, at);
  await page.locator('.captions').getByText(text.replace(/<[^>]*>/g, '')).waitFor();
});

for (const width of [360, 1280]) {
  test(`what nothing can play says so, at ${width} px`, async (t) => {
    const it = await clip(t, 'xvid.avi');
    const page = await web.open(t, it, { expects: /415|404/, viewport: { width, height: 800 } });
    await open(page, 'xvid');
    const note = page.locator('#trouble');
    await note.getByText('This browser cannot play this kind of file: AVI').waitFor();
    await note.getByRole('link', { name: 'Get the file' }).waitFor();
    await screenshot(page, `trouble-${width}`);
  });
}
