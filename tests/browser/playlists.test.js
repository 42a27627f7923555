// Playlists: made, filled, put in order, played and deleted.

import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { browser, change, gallery } from './harness.js';

const web = browser({ before, after });
const NAMES = { 'Aurora.mp4': 'aurora.mp4', 'Moire.webm': 'moire.webm', 'Rule.mp4': 'rule-110.mp4', 'Tide.webm': 'tide-pool.webm' };
const HOSTILE = `Rain & "cold" <b>it's</b> #1 🎬`;

/** The titles of the entries, in order. */
const order = (page) => page.locator('.entry h2').allTextContents();
const current = (page) => page.locator('.entry[aria-current] h2').innerText();

/** A playlist of all videos, by title, made through the same door as the pages. */
async function listed(page) {
  await page.goto('/?sort=title');
  const ids = await page.locator('.card').evaluateAll((cards) => cards.map((card) => card.id.slice(1)));
  const form = new URLSearchParams([['name', 'Evening'], ...ids.map((id) => ['video', id])]);
  const headers = { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' };
  const answer = await page.request.post('/playlists', { data: form.toString(), headers });
  return `/playlists/${(await answer.json()).id}`;
}

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? 'with JavaScript' : 'without JavaScript';

  test(`a playlist is made, edited, put in order by buttons, and deleted, ${how}`, async (t) => {
    const page = await web.open(t, await gallery(t, NAMES), { javaScriptEnabled });
    await page.goto('/playlists');
    await page.getByRole('textbox', { name: 'Name' }).fill(HOSTILE);
    await change(page, () => page.getByRole('button', { name: 'Create' }).click());
    await page.getByRole('heading', { level: 1, name: HOSTILE }).waitFor();
    await page.getByRole('heading', { name: 'Nothing in here yet' }).waitFor();
    const url = new URL(page.url()).pathname;
    for (const id of [1, 2, 3]) {
      await page.request.post(`/videos/${id}/playlists`, { form: { playlist: url.split('/').at(-1) } });
    }
    await page.goto(url);
    const [one, two, three] = await order(page);
    const menu = async (title, act) => {
      await page.locator('.entry').filter({ hasText: title }).locator('summary').click();
      await change(page, () => page.getByRole('button', { name: act, exact: true }).click());
    };
    await menu(one, 'Down');
    await page.locator('#pos-0').filter({ hasText: two }).waitFor();
    assert.deepEqual(await order(page), [two, one, three]);
    await menu(three, 'To the top');
    await page.locator('#pos-0').filter({ hasText: three }).waitFor();
    await menu(two, 'Remove');
    await page.locator('#pos-2').waitFor({ state: 'detached' });
    assert.deepEqual(await order(page), [three, one]);
    await page.locator('summary').filter({ hasText: 'Edit' }).click();
    await page.getByLabel('Description').fill('for & after\nthe rain');
    await change(page, () => page.getByRole('button', { name: 'Save' }).click());
    await page.getByText('for & after').first().waitFor();
    await page.locator('summary').filter({ hasText: 'Delete' }).click();
    await change(page, () => page.getByRole('button', { name: 'Delete playlist' }).click());
    await page.getByRole('heading', { name: 'No playlists yet' }).waitFor();
  });
}

test('an entry is moved by keys, and put back by Escape', async (t) => {
  const page = await web.open(t, await gallery(t, NAMES));
  await page.goto(await listed(page));
  const [a, b, c, d] = await order(page);
  await page.getByRole('button', { name: `Move ${a}, place 1 of 4` }).focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  assert.equal(await page.locator('#moves').innerText(), 'Place 3 of 4.');
  await change(page, () => page.keyboard.press('Space'));
  const moved = page.getByRole('button', { name: `Move ${a}, place 3 of 4` });
  await moved.waitFor();
  await page.waitForFunction(() => document.activeElement.matches('#pos-2 .handle'));
  assert.deepEqual(await order(page), [b, c, a, d]);
  await page.keyboard.press('Enter');
  await page.keyboard.press('Home');
  assert.deepEqual(await order(page), [a, b, c, d]);
  await page.keyboard.press('Escape');
  assert.deepEqual(await order(page), [b, c, a, d]);
  assert.match(await page.locator('#moves').innerText(), /put back at place 3/);
  await page.reload();
  assert.deepEqual(await order(page), [b, c, a, d], 'it is stored');
});

for (const hasTouch of [false, true]) {
  test(`an entry is dragged by its handle with ${hasTouch ? 'a finger' : 'the mouse'}`, async (t) => {
    const page = await web.open(t, await gallery(t, NAMES), { hasTouch });
    await page.goto(await listed(page));
    const [a, b, c, d] = await order(page);
    const box = (place) => page.locator(`#pos-${place} .handle`).boundingBox();
    const [from, to] = [await box(0), await box(2)];
    const [x, start, end] = [from.x + from.width / 2, from.y + from.height / 2, to.y + to.height];
    await change(page, async () => {
      if (hasTouch) return finger(page, x, start, end);
      await page.mouse.move(x, start);
      await page.mouse.down();
      await page.mouse.move(x, end, { steps: 8 });
      await page.waitForFunction(() => document.querySelectorAll('.entry')[2].matches('.lifted'));
      return page.mouse.up();
    });
    await page.getByRole('button', { name: `Move ${a}, place 3 of 4` }).waitFor();
    assert.deepEqual(await order(page), [b, c, a, d]);
  });
}

/** A finger goes down at `start`, draws to `end`, and lifts. */
async function finger(page, x, start, end) {
  const session = await page.context().newCDPSession(page);
  const send = (type, ...touchPoints) => session.send('Input.dispatchTouchEvent', { type, touchPoints });
  await send('touchStart', { x, y: start });
  for (let step = 1; step <= 8; step += 1) await send('touchMove', { x, y: start + ((end - start) * step) / 8 });
  await page.waitForFunction(() => document.querySelectorAll('.entry')[2].matches('.lifted'));
  await send('touchEnd');
}

test('the player goes on to the next entry, passes over a missing file, and keeps the address true', async (t) => {
  const it = await gallery(t, NAMES);
  const page = await web.open(t, it);
  const url = await listed(page);
  await rm(path.join(it.folder, 'Rule.mp4'));
  await page.goto(url);
  while (!(await page.getByText('1 missing').count())) await page.reload();
  const titles = await order(page);
  assert.equal(titles.length, 4, 'a missing video keeps its place');
  assert.equal(await current(page), titles[0]);
  await page.getByRole('link', { name: titles[1], exact: true }).first().click();
  await page.waitForURL(/#pos-1$/);
  const end = () => page.locator('video').evaluate(async (video) => {
    if (!video.duration) await new Promise((done) => video.addEventListener('loadedmetadata', done, { once: true }));
    await video.play();
    video.currentTime = video.duration - 0.1;
  });
  await end();
  await page.waitForURL(/#pos-3$/);
  await page.locator('#pos-3[aria-current]').filter({ hasText: titles[3] }).waitFor();
  await page.locator('#now-title').getByText(titles[3], { exact: true }).waitFor();
  await page.waitForFunction(() => !document.querySelector('video').paused);
  await end();
  await page.getByText('That was the last one of this playlist.').waitFor();
});

test('an old deep link begins in the middle', async (t) => {
  const page = await web.open(t, await gallery(t, NAMES));
  await page.goto(`${await listed(page)}#pos-2`);
  await page.locator('#pos-2[aria-current]').waitFor();
  await page.locator(`.player[data-id="${await page.locator('#pos-2').getAttribute('data-video')}"]`).waitFor();
});

test('a video is put into a new playlist from its card, into the same from its page, and taken back', async (t) => {
  const page = await web.open(t, await gallery(t, NAMES));
  await page.goto('/?sort=title');
  const card = page.locator('.card').first();
  await card.hover();
  await card.getByRole('button', { name: 'Add to playlist' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add to playlist' });
  await dialog.getByRole('textbox').fill(HOSTILE);
  await change(page, () => page.keyboard.press('Enter'));
  await page.getByRole('status').filter({ hasText: `Added to “${HOSTILE}”.` }).waitFor();
  await card.getByRole('link', { name: 'Aurora', exact: true }).click();
  await page.getByRole('button', { name: 'Add to playlist' }).click();
  await dialog.getByText('1 video · in it already').waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await page.waitForFunction(() => document.activeElement.matches('[data-add-to]'));
  await page.keyboard.press('Enter');
  await dialog.waitFor();
  await page.keyboard.press('ArrowDown');
  await change(page, () => page.keyboard.press('Enter'));
  await change(page, () => page.getByRole('button', { name: 'Undo' }).click());
  await page.goto('/playlists');
  await page.getByRole('link', { name: HOSTILE }).click();
  await page.getByRole('heading', { level: 1, name: HOSTILE }).waitFor();
  assert.deepEqual(await order(page), ['Aurora']);
});

test('a deleted playlist comes back with Undo', async (t) => {
  const page = await web.open(t, await gallery(t, NAMES));
  await page.goto(await listed(page));
  await page.locator('summary').filter({ hasText: 'Delete' }).click();
  await change(page, () => page.getByRole('button', { name: 'Delete playlist' }).click());
  await page.getByRole('heading', { name: 'No playlists yet' }).waitFor();
  await change(page, () => page.getByRole('button', { name: 'Undo' }).click());
  await page.getByRole('link', { name: 'Evening' }).click();
  await page.locator('#pos-3').waitFor();
});

test('a video is put into a playlist from its page without JavaScript', async (t) => {
  const page = await web.open(t, await gallery(t, NAMES), { javaScriptEnabled: false });
  await page.goto('/watch/1');
  await page.getByRole('textbox', { name: 'Name of a new playlist' }).fill(HOSTILE);
  await change(page, () => page.getByRole('button', { name: 'Add to playlist' }).click());
  await page.getByRole('combobox', { name: 'Playlist' }).selectOption(HOSTILE);
  await change(page, () => page.getByRole('button', { name: 'Add to playlist' }).click());
  await page.goto('/playlists/1');
  assert.equal((await order(page)).length, 2);
});
