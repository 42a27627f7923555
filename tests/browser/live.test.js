// What one person does shows on the screens of the others, over one connection for each browser.

import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { browser, change, gallery } from './harness.js';

const { open } = browser({ before, after });

/** A way to `it` whose address survives its restarts; counts who follows along, and can wait for them. */
async function front(t, it) {
  const followers = new Set();
  const waiting = [];
  const server = http.createServer((request, response) => {
    const { hostname, port } = new URL(it.server.url);
    const { url: path, method, headers } = request;
    const passed = http.request({ hostname, port, path, method, headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
      answer.on('error', () => response.destroy());
      if (!path.startsWith('/api/v1/events')) return;
      followers.add(response);
      response.on('close', () => followers.delete(response));
      waiting.splice(0).forEach((tell) => tell());
    });
    passed.on('error', () => response.destroy());
    request.pipe(passed);
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  t.after(() => server.closeAllConnections() ?? server.close());
  return {
    server: { url: `http://127.0.0.1:${server.address().port}` },
    contexts: it.contexts,
    followers,
    /** Until the next stream has begun. */
    followed: () => new Promise((tell) => waiting.push(tell)),
  };
}

const NAMES = { 'Tide pool.mp4': 'aurora.mp4', 'Lava lamp.mp4': 'lava-lamp.mp4' };
const card = (page, title) => page.locator('.grid .card', { has: page.getByRole('heading', { name: title }) });
const rating = (place, stars) => place.locator(`.stars[data-n="${stars}"]`);

test('a rating, a heart and tags show on another screen, where it was and without a jump', async (t) => {
  const it = await front(t, await gallery(t, NAMES));
  const mine = await open(t, it);
  const followed = it.followed();
  const theirs = await open(t, it);
  await theirs.goto('/');
  await followed;
  await mine.goto('/');
  const there = card(theirs, 'Tide pool');
  const titles = await theirs.locator('.grid h2').allInnerTexts();
  await change(mine, () => card(mine, 'Tide pool').getByRole('radio', { name: '4 stars' }).click());
  await rating(there, 4).waitFor();
  await change(mine, () => card(mine, 'Tide pool').getByRole('button', { name: 'Favorite' }).click());
  await there.locator('.heart[aria-pressed="true"]').waitFor();
  assert.deepEqual(await theirs.locator('.grid h2').allInnerTexts(), titles);
  await mine.goto(await card(mine, 'Tide pool').locator('h2 a').getAttribute('href'));
  await theirs.goto(new URL(mine.url()).pathname);
  await mine.locator('#tags .add input').fill('Sea & sun');
  await change(mine, () => mine.keyboard.press('Enter'));
  await theirs.locator('#tags .tag', { hasText: 'Sea & sun' }).waitFor();
  await change(theirs, () => theirs.locator('.acts').getByRole('radio', { name: '2 stars' }).click());
  await rating(mine.locator('.acts'), 2).waitFor();
});

test('what others do waits for whoever is in a dialog, so that the focus finds its card again', async (t) => {
  const it = await front(t, await gallery(t, NAMES));
  const page = await open(t, it);
  const followed = it.followed();
  await page.goto('/');
  await followed;
  await page.keyboard.press('ArrowRight');
  const focused = page.locator('.card:has(:focus)');
  const title = await focused.getByRole('heading').innerText();
  await page.keyboard.press('t');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.type('calm');
  await page.keyboard.press('Enter');
  await change(page, () => page.keyboard.press('Enter'));
  await focused.getByRole('link', { name: 'calm' }).waitFor();
  await page.keyboard.press('t');
  await page.getByRole('dialog').getByRole('checkbox', { name: 'calm' }).waitFor();
  const asked = page.waitForResponse((it) => it.url() === page.url());
  const body = new URLSearchParams({ from: 'calm', to: 'still' });
  const answer = await fetch(`${it.server.url}/tags/rename`, { method: 'POST', body, redirect: 'manual' });
  assert.equal(answer.status, 303);
  await (await asked).finished();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  assert.equal(await page.locator('.card:has(:focus)').getByRole('heading').innerText(), title);
  await page.locator('.card:has(:focus)').getByRole('link', { name: 'still' }).waitFor();
});

test('all tabs of a browser share one connection, and the last one closes it', async (t) => {
  const it = await front(t, await gallery(t, NAMES));
  const followed = it.followed();
  const one = await open(t, it);
  await one.goto('/');
  await followed;
  const two = await one.context().newPage();
  await two.goto('/favorites');
  await two.goto('/');
  await change(one, () => card(one, 'Lava lamp').getByRole('radio', { name: '5 stars' }).click());
  await rating(card(two, 'Lava lamp'), 5).waitFor();
  assert.equal(it.followers.size, 1);
  const [last] = it.followers;
  const closed = new Promise((tell) => last.on('close', tell));
  await two.close();
  await one.goto('about:blank');
  await closed;
});

test('a server that was away brings what was missed when it is back', async (t) => {
  const own = await gallery(t, NAMES);
  const it = await front(t, own);
  // What else is asked of a server that is away is in vain.
  const page = await open(t, it, { expects: /Failed to load resource/ });
  const followed = it.followed();
  await page.goto('/');
  await followed;
  const back = it.followed();
  await own.restart();
  const body = new URLSearchParams({ stars: 3 });
  const id = await card(page, 'Tide pool').getAttribute('data-video');
  const answer = await fetch(`${own.server.url}/videos/${id}/rating`, { method: 'POST', body, redirect: 'manual' });
  assert.equal(answer.status, 303);
  await back;
  await rating(card(page, 'Tide pool'), 3).waitFor();
});
