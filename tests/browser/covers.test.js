// Pictures of videos: covers that come while somebody looks, a look into a film from its card and from the seek bar, and
// covers that people choose.

import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { browser, change, covered, gallery, until } from './harness.js';

const web = browser({ before, after });
const NAMES = { 'Aurora.mp4': 'aurora.mp4', 'Lava lamp.mp4': 'lava-lamp.mp4', 'Petri dish.mp4': 'petri-dish.mp4' };

const boarded = async (it) => {
  await covered(it);
  return until(it, '/thumbnails', (known) => known.storyboards_pending === 0);
};
const card = (page, name) => page.locator('.grid .card', { hasText: name });
/** Whether a picture is drawn. */
const drawn = (image) => image.complete && image.naturalWidth > 0;

test('covers come while somebody looks, and nothing moves', async (t) => {
  const it = await gallery(t, NAMES);
  const page = await web.open(t, it);
  await page.addInitScript(() => {
    window.shifted = 0;
    new PerformanceObserver((list) => list.getEntries().forEach((entry) => (window.shifted += entry.value))).observe({ type: 'layout-shift', buffered: true });
  });
  await page.goto('/');
  await page.evaluate(() => (window.same = true));
  await page.waitForFunction((count) => {
    const shots = [...document.querySelectorAll('.grid .shot')];
    return shots.length === count && shots.every((image) => image.complete && image.naturalWidth > 0);
  }, Object.keys(NAMES).length);
  assert.ok(await page.evaluate(() => window.same), 'without a reload');
  assert.equal(await page.evaluate(() => window.shifted), 0);
});

test('a page without JavaScript has covers, with a few pixels of each in the page itself', async (t) => {
  const it = await gallery(t, NAMES);
  await covered(it);
  const page = await web.open(t, it, { javaScriptEnabled: false });
  const asked = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.goto('/', { waitUntil: 'load' });
  assert.equal(await page.locator('.grid .preview[src^="data:image/bmp"]').count(), 3);
  for (const shot of await page.locator('.grid .shot').all()) assert.equal(await shot.getAttribute('alt'), '');
  assert.ok(asked.some((url) => /\/thumbnails\/\d+\/[0-9a-f]{32}\/(320|640)\.jpg$/.test(url)), asked.join(' '));
  assert.deepEqual(asked.filter((url) => url.includes('/media/')), [], 'never the film itself');
});

test('the pointer over a cover goes through the film, on one card at a time', async (t) => {
  const it = await gallery(t, NAMES);
  await boarded(it);
  const page = await web.open(t, it);
  const asked = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.goto('/');
  const point = async (name, share) => {
    const { x, y, width, height } = await card(page, name).locator('.cover').boundingBox();
    await page.mouse.move(x + width * share, y + height / 2);
  };
  const scrub = page.locator('.scrub');
  await point('Aurora', 0.02);
  await scrub.waitFor();
  const first = await scrub.evaluate((tile) => tile.style.backgroundPosition);
  await point('Aurora', 0.98);
  await page.waitForFunction((first) => document.querySelector('.scrub').style.backgroundPosition !== first, first);
  await point('Lava lamp', 0.5);
  await card(page, 'Lava lamp').locator('.scrub').waitFor();
  assert.equal(await scrub.count(), 1);
  await page.mouse.move(1, 1);
  await scrub.waitFor({ state: 'detached' });
  assert.deepEqual(asked.filter((url) => url.includes('/media/')), []);
  assert.equal(asked.filter((url) => url.endsWith('/sheet.jpg')).length, 2, 'only what was looked at');
});

test('who wants no motion is left alone', async (t) => {
  const it = await gallery(t, NAMES);
  await boarded(it);
  const page = await web.open(t, it, { reducedMotion: 'reduce' });
  const asked = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.clock.install();
  await page.goto('/');
  await card(page, 'Aurora').locator('h2 a').hover({ position: { x: 20, y: -40 }, force: true });
  await page.clock.runFor(5_000);
  assert.equal(await page.locator('.scrub').count(), 0);
  assert.deepEqual(asked.filter((url) => /storyboard|sheet/.test(url)), []);
});

test('a finger drawn sideways goes through the film; one that is held still selects', async (t) => {
  const it = await gallery(t, NAMES);
  await boarded(it);
  const page = await web.open(t, it, { hasTouch: true, isMobile: true, viewport: { width: 390, height: 800 } });
  await page.goto('/');
  const cover = card(page, 'Aurora').locator('.cover');
  await cover.scrollIntoViewIfNeeded();
  const { x, y, width, height } = await cover.boundingBox();
  const touch = await page.context().newCDPSession(page);
  const send = (type, share) => {
    const touchPoints = share === undefined ? [] : [{ x: x + width * share, y: y + height / 2 }];
    return touch.send('Input.dispatchTouchEvent', { type, touchPoints });
  };
  await send('touchStart', 0.2);
  await send('touchMove', 0.4);
  await send('touchMove', 0.6);
  await page.locator('.scrub').waitFor();
  await send('touchEnd');
  await page.locator('.scrub').waitFor({ state: 'detached' });
  assert.equal(new URL(page.url()).pathname, '/');
  assert.equal(await page.locator('.is-picked').count(), 0);
  await send('touchStart', 0.5);
  await page.locator('.is-picked').waitFor();
  await send('touchEnd');
  assert.equal(await page.locator('.scrub').count(), 0);
});

test('the seek bar shows what is where', async (t) => {
  const it = await gallery(t, NAMES);
  await boarded(it);
  const page = await web.open(t, it);
  await page.goto('/watch/1');
  await page.waitForFunction(() => document.querySelector('video').readyState > 0);
  await page.locator('.player').hover();
  await page.getByRole('slider', { name: 'Seek' }).hover({ position: { x: 200, y: 10 } });
  const tile = page.locator('.hint .tile');
  const bar = await page.locator('.seek').boundingBox();
  // It is fetched when somebody points at the bar, and drawn when the pointer moves on.
  for (let step = 0; await tile.isHidden(); step += 1) await page.mouse.move(bar.x + 200 + (step % 50), bar.y + 10);
  const { left, right } = await tile.evaluate((element) => element.getBoundingClientRect());
  assert.ok(right - left > 60, `${right - left} px wide`);
  assert.match(await tile.evaluate((element) => element.style.backgroundImage), /sheet\.jpg/);
});

test('a frame becomes the cover, and the choice can be taken back', async (t) => {
  const it = await gallery(t, NAMES);
  await covered(it);
  const before = await until(it, '/videos/1/thumbnail', () => true);
  const page = await web.open(t, it);
  await page.goto('/watch/1');
  await page.locator('video').evaluate(async (video) => {
    video.currentTime = 3;
    await new Promise((done) => video.addEventListener('seeked', done, { once: true }));
  });
  await change(page, () => page.getByRole('button', { name: 'Use this frame as cover' }).click());
  await page.getByText('This frame becomes the cover.').waitFor();
  const undo = page.getByRole('status').getByRole('button', { name: 'Undo' });
  // It stays while somebody points at it, however long the picture takes.
  await undo.hover();
  const chosen = await until(it, '/videos/1/thumbnail', ({ cover }) => cover.id !== before.cover.id);
  assert.equal(chosen.chosen_ms, 3_000);
  await page.getByText('The frame at 0:03, chosen by hand.').waitFor();
  await page.waitForFunction((poster) => document.querySelector('video').poster.endsWith(poster), chosen.cover.poster);
  await undo.click();
  await page.getByText(/chosen automatically/).waitFor();
  await until(it, '/videos/1/thumbnail', ({ cover, chosen_ms }) => chosen_ms === null && cover.id === before.cover.id);
});

test('without JavaScript a choice can be left to the program again', async (t) => {
  const it = await gallery(t, NAMES);
  await covered(it);
  await fetch(`${it.server.url}/api/v1/videos/1/thumbnail`, { method: 'PUT', body: '{"position_ms":2000}', headers: { 'content-type': 'application/json' } });
  const page = await web.open(t, it, { javaScriptEnabled: false });
  await page.goto('/watch/1');
  assert.ok(await page.getByRole('button', { name: 'Use this frame as cover' }).isHidden());
  await page.getByRole('button', { name: 'Back to automatic' }).click();
  await page.getByText(/chosen automatically|Being made/).waitFor();
  assert.equal((await until(it, '/videos/1/thumbnail', () => true)).chosen_ms, null);
});

test('a file that has no picture says why, and it can be tried again', async (t) => {
  const it = await gallery(t, { ...NAMES, 'Letter.mp4': 'tests/clips/text-file.mp4' });
  const { failures } = await until(it, '/thumbnails', ({ failed }) => failed === 1);
  const [{ video, failure }] = failures;
  const page = await web.open(t, it, { expects: /./ });
  await page.goto('/');
  const mark = card(page, 'Letter').locator('.uncovered');
  assert.equal(await mark.getAttribute('title'), `No cover: ${failure.reason}`);
  await page.goto(`/watch/${video}`);
  await page.locator('#choice').getByText(failure.reason).waitFor();
  await change(page, () => page.getByRole('button', { name: 'Retry' }).click());
  await page.getByText('It is tried again.').waitFor();
  await until(it, `/videos/${video}/thumbnail`, (known) => known.state === 'failed');
});

test('suggestions have pictures', async (t) => {
  const it = await gallery(t, NAMES);
  await covered(it);
  const page = await web.open(t, it);
  await page.goto('/');
  await page.getByRole('combobox').fill('auro');
  const picture = page.getByRole('option', { name: 'Aurora' }).locator('img');
  await picture.waitFor();
  await page.waitForFunction(drawn, await picture.elementHandle());
});

test('chapters lead to their places', async (t) => {
  const it = await gallery(t, { 'Story.mkv': 'tests/clips/h264.mkv' });
  const { chapters } = await until(it, '/videos/1', (video) => video.chapters.length > 0);
  const plain = await web.open(t, it, { javaScriptEnabled: false });
  await plain.goto('/watch/1');
  const links = (page) => page.locator('.chapters a');
  assert.deepEqual(
    await links(plain).evaluateAll((all) => all.map((link) => [link.querySelector('span').textContent, link.search])),
    chapters.map(({ start_ms, title }) => [title, `?t=${Math.floor(start_ms / 1000)}`]),
  );
  const page = await web.open(t, it);
  await page.goto('/watch/1');
  await page.waitForFunction(() => document.querySelector('video').readyState > 0);
  await links(page).last().click();
  await page.locator('.chapters a[aria-current]').last().waitFor();
  const last = chapters.at(-1).start_ms / 1000;
  await page.waitForFunction((last) => document.querySelector('video').currentTime >= last - 0.2, last);
  assert.equal(new URL(page.url()).search, '', 'without another page');
  assert.equal(await page.locator('.seek .mark').count(), chapters.filter(({ start_ms }) => start_ms > 0).length);
});
