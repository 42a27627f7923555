// Looking at the library as it was: last month, a moment ago, and what has changed since.

import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { browser, change, gallery, playSomeOf, titles, violations } from './harness.js';

const web = browser({ before, after });
const NAMES = { 'Aurora.mp4': 'aurora.mp4', 'Lava.mp4': 'lava-lamp.mp4' };
const today = () => new Date().toLocaleDateString('en-CA');

/** Gives the first video five stars and a tag, and says after which change that was. */
async function rate(page) {
  const post = (address, form) => page.request.post(address, { form, headers: { accept: 'application/json' } });
  await post('/videos/1/rating', { stars: 5 });
  const answer = await post('/videos/1/tags', { add: 'calm' });
  return (await answer.json()).batch;
}

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? 'with JavaScript' : 'without JavaScript';

  test(`a person looks at how it was, goes on there, and comes back, ${how}`, async (t) => {
    const page = await web.open(t, await gallery(t, NAMES), { javaScriptEnabled });
    await page.goto('/');
    const then = await rate(page);
    await page.request.post('/videos/1/rating', { form: { stars: 1 } });
    await page.goto(`/?at=${then}`);
    const past = page.getByRole('complementary', { name: 'Earlier moment' });
    await past.getByText(`(change ${then})`).waitFor();
    await page.getByRole('img', { name: '5 of 5 stars' }).waitFor();
    const posts = [];
    page.on('request', (request) => request.method() === 'POST' && !request.url().endsWith('/thumbnails/wanted') && posts.push(request.url()));
    await page.getByRole('main').getByRole('link', { name: 'calm', exact: true }).click();
    await page.waitForURL(/\/tag\/calm\?at=/);
    await page.getByRole('link', { name: 'Aurora', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'Aurora' }).waitFor();
    await past.waitFor();
    assert.equal(await page.locator('form[method=post], #tags button, .stars').count(), 0, 'nothing can be changed');
    if (javaScriptEnabled) await playSomeOf(page);
    assert.deepEqual(posts, [], 'and looking changes nothing');
    await past.getByRole('link', { name: 'Compare with now' }).click();
    await page.getByText('5 ★ → 1 ★').waitFor();
    await page.goBack();
    await past.getByRole('link', { name: 'Back to now' }).click();
    await page.getByRole('radio', { name: '1 star', exact: true, checked: true }).waitFor();
    assert.equal(await past.count(), 0);
  });

  test(`a day is chosen on a list and keeps its filter, ${how}`, async (t) => {
    const page = await web.open(t, await gallery(t, NAMES), { javaScriptEnabled });
    await page.goto('/?q=aurora');
    await page.getByText('View', { exact: true }).click();
    const form = page.locator('.sheet form').filter({ has: page.getByLabel('Day', { exact: true }) });
    await form.getByLabel('Day', { exact: true }).fill(today());
    await form.getByRole('button', { name: 'Go' }).click();
    await page.waitForURL(/q=aurora.*at=/);
    assert.deepEqual(await titles(page), ['Aurora']);
    await page.getByLabel('Earlier moment').getByLabel('Day', { exact: true }).fill('2001-01-01');
    await page.getByLabel('Earlier moment').getByRole('button', { name: 'Go' }).click();
    await page.getByText('Before its first change the library was empty.').waitFor();
    assert.match(page.url(), /q=aurora/);
  });
}

test('what others change does not reach into the past', async (t) => {
  const it = await gallery(t, NAMES);
  const page = await web.open(t, it);
  await page.goto('/');
  const then = await rate(page);
  const streams = [];
  page.on('request', (request) => /events|live/.test(request.url()) && streams.push(request.url()));
  await page.goto(`/?at=${then}`);
  const other = await web.open(t, it);
  await other.goto('/watch/1');
  await change(other, () => other.locator('.acts').getByRole('radio', { name: '2 stars' }).click());
  await page.reload();
  await page.getByRole('img', { name: '5 of 5 stars' }).waitFor();
  assert.deepEqual(streams, [], 'a page of the past follows nothing');
});

test('two moments are compared, and the page is accessible', async (t) => {
  const page = await web.open(t, await gallery(t, NAMES));
  await page.goto('/');
  const then = await rate(page);
  await page.goto('/');
  await page.getByLabel('The library as it was on').fill(today());
  await page.getByRole('button', { name: 'Show' }).click();
  await page.waitForURL(/\/\?at=/);
  await page.goto('/history/compare');
  await page.getByRole('link', { name: 'A week ago' }).click();
  await page.getByRole('heading', { name: 'Added 2 videos' }).waitFor();
  await page.getByRole('link', { name: 'After: Aurora' }).first().click();
  await page.getByRole('heading', { level: 1, name: 'Aurora' }).waitFor();
  for (const address of [`/?at=${then}`, `/watch/1?at=${then}`, '/history/compare?from=0', '/history/compare']) {
    await page.goto(address);
    assert.deepEqual(await violations(page), [], address);
  }
});
