// One video: playing it, and the four things a viewer says about it.

import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { browser, change, gallery, playSomeOf } from './harness.js';

const web = browser({ before, after });
const NAMES = { 'Aurora.mp4': 'aurora.mp4', 'Moire.webm': 'moire.webm' };

async function open(page, title) {
  await page.goto('/');
  await page.getByRole('link', { name: title, exact: true }).click();
  await page.getByRole('heading', { level: 1, name: title }).waitFor();
}

for (const title of ['Aurora', 'Moire']) {
  test(`${title} plays, seeks, and counts as one view`, async (t) => {
    const page = await web.open(t, await gallery(t, NAMES));
    const views = [];
    page.on('request', (it) => it.method() === 'POST' && it.url().endsWith('/view') && views.push(it.url()));
    await open(page, title);
    await page.getByText('0 views').first().waitFor();
    await change(page, () => playSomeOf(page));
    await page.locator('video').evaluate((video) => {
      video.pause();
      video.currentTime = video.duration / 2;
    });
    await playSomeOf(page);
    assert.equal(views.length, 1, 'playing on is the same view');
    await page.reload();
    await page.getByText('1 view', { exact: true }).first().waitFor();
  });
}

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? 'with JavaScript' : 'without JavaScript';

  test(`stars are given, changed and cleared, ${how}`, async (t) => {
    const page = await web.open(t, await gallery(t, NAMES), { javaScriptEnabled });
    await open(page, 'Aurora');
    const rating = page.locator('form').filter({ has: page.getByRole('button', { name: 'Clear rating' }) });
    for (const stars of ['4 stars', '1 star']) {
      await change(page, () => rating.getByRole('radio', { name: stars, exact: true }).click());
      await rating.getByRole('radio', { name: stars, exact: true, checked: true }).waitFor();
      await page.reload();
      await rating.getByRole('radio', { name: stars, exact: true, checked: true }).waitFor();
    }
    await change(page, () => page.getByRole('button', { name: 'Clear rating' }).click());
    await page.getByRole('button', { name: 'Clear rating', disabled: true }).waitFor();
    await page.reload();
    assert.equal(await rating.getByRole('radio', { checked: true }).count(), 0);
  });

  test(`a heart is given and taken back, ${how}`, async (t) => {
    const page = await web.open(t, await gallery(t, NAMES), { javaScriptEnabled });
    await open(page, 'Moire');
    const heart = (pressed) => page.locator('form').getByRole('button', { name: 'Favorite', pressed });
    await change(page, () => heart(false).first().click());
    await heart(true).first().waitFor();
    await page.goto('/favorites');
    await page.getByRole('link', { name: 'Moire', exact: true }).waitFor();
    assert.equal(await page.getByRole('link', { name: 'Aurora', exact: true }).count(), 0);
    await change(page, () => heart(true).click());
    await page.goto('/favorites');
    assert.equal(await page.getByRole('link', { name: 'Moire', exact: true }).count(), 0);
  });

  test(`tags are added, followed and removed, ${how}`, async (t) => {
    const page = await web.open(t, await gallery(t, NAMES), { javaScriptEnabled });
    await open(page, 'Aurora');
    const tag = (name) => page.getByRole('main').getByRole('link', { name, exact: true });
    for (const name of ['night sky', '#Grün & "grau"']) {
      await page.getByLabel('Add a tag').fill(name);
      await change(page, () => page.getByLabel('Add a tag').press('Enter'));
      await tag(name.replace(/^#/, '')).waitFor();
    }
    await tag('Grün & "grau"').click();
    await page.waitForURL(/\/tag\//);
    await page.getByRole('link', { name: 'Aurora', exact: true }).click();
    await change(page, () => page.getByRole('button', { name: 'Remove tag night sky' }).click());
    await tag('night sky').waitFor({ state: 'detached' });
    await page.reload();
    assert.equal(await tag('night sky').count(), 0);
    assert.equal(await tag('Grün & "grau"').count(), 1);
  });
}

test('a video that never was has a page that says so', async (t) => {
  const page = await web.open(t, await gallery(t, NAMES), { expects: /404/ });
  const answer = await page.goto('/watch/4000000');
  assert.equal(answer.status(), 404);
  await page.getByRole('link', { name: 'Back to the gallery' }).click();
  await page.getByRole('link', { name: 'Aurora', exact: true }).waitFor();
});
