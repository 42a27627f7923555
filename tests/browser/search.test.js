// The search box: its language, what it says about slips and typos, and the suggestions while somebody types.

import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { browser, gallery, screenshot, titles, violations } from './harness.js';

const web = browser({ before, after });
const NAMES = {
  'Amber Tide.mp4': 'aurora.mp4',
  'Amber Storm.mp4': 'lava-lamp.mp4',
  'Re Zero (live) & "more" #1.webm': 'moire.webm',
  'sub/Cedar.webm': 'tide-pool.webm',
};
const box = (page) => page.getByLabel('Search titles, file names and tags');
const search = async (page, text) => {
  await box(page).fill(text);
  await box(page).press('Enter');
  await page.waitForURL((url) => url.searchParams.get('q') === text.trim());
};
const tag = async (page, id, add) => {
  const answer = await page.request.post(`/videos/${id}/tags`, { form: { add }, headers: { accept: 'application/json' } });
  assert.equal(answer.status(), 200);
};
/** The number of the video with this title. */
const numbered = async (page, title) => {
  const href = await page.getByRole('main').getByRole('link', { name: title, exact: true }).first().getAttribute('href');
  return Number(href.match(/\d+/)[0]);
};

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? 'with JavaScript' : 'without JavaScript';

  test(`the language narrows a search down, and its slips and typos are explained, ${how}`, async (t) => {
    const page = await web.open(t, await gallery(t, NAMES), { javaScriptEnabled });
    await page.goto('/');
    const id = await numbered(page, 'Amber Tide');
    await page.request.post(`/videos/${id}/rating`, { form: { stars: 4 }, headers: { accept: 'application/json' } });
    await tag(page, id, 'deep sea');

    await search(page, 'amber -storm rating:>=4 tag:"deep sea"');
    assert.deepEqual(await titles(page), ['Amber Tide']);
    await search(page, 'storm or cedar');
    assert.deepEqual((await titles(page)).sort(), ['Amber Storm', 'Cedar']);
    await search(page, '"(live) & "');
    assert.equal((await titles(page)).length, 1);

    await search(page, 'amber rating:9');
    assert.equal((await titles(page)).length, 2, 'what is not understood is left out');
    const about = page.getByRole('region', { name: 'About this search' });
    assert.equal(await about.locator('mark').innerText(), '9');
    assert.match(await about.innerText(), /not a number of stars\.\s+Type rating:4/);
    assert.equal(await box(page).inputValue(), 'amber rating:9');

    await search(page, 'ambar tyde');
    assert.deepEqual(await titles(page), ['Amber Tide']);
    assert.match(await page.getByRole('main').innerText(), /Nothing matched “ambar tyde”; showing results for “amber tide”/);
    await page.getByRole('main').getByRole('link', { name: 'amber tide', exact: true }).first().click();
    await page.waitForURL(/q=amber\+tide/);

    await page.goto('/search');
    await page.getByRole('link', { name: 'is:unwatched' }).click();
    await page.waitForURL(/is%3Aunwatched/);
    assert.equal((await titles(page)).length, 4);
    if (javaScriptEnabled) assert.deepEqual(await violations(page), []);
  });
}

test('videos and tags are suggested while somebody types, and reached by the keyboard alone', async (t) => {
  const page = await web.open(t, await gallery(t, NAMES));
  await page.goto('/');
  const cedar = await numbered(page, 'Cedar');
  await tag(page, cedar, 'amber & light');
  await page.keyboard.press('/');
  const field = page.getByRole('combobox', { name: 'Search titles, file names and tags' });
  const answered = page.waitForResponse(/suggest\?q=ambe$/);
  await page.keyboard.type('ambe');
  await answered;
  const options = page.getByRole('listbox', { name: 'Suggestions' }).getByRole('option');
  await options.nth(3).waitFor();
  assert.deepEqual(await options.allInnerTexts(), ['Amber Storm', 'Amber Tide', 'Cedar', 'amber & light\n1 video']);
  assert.equal(await field.getAttribute('aria-expanded'), 'true');
  assert.deepEqual(await violations(page), []);
  await screenshot(page, 'search-suggestions');

  await page.keyboard.press('ArrowUp');
  const active = () => page.locator('[role=option][aria-selected=true]').innerText();
  assert.match(await active(), /amber & light/, 'up from the box is the last one');
  assert.equal(await field.getAttribute('aria-activedescendant'), await options.nth(3).getAttribute('id'));
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  assert.equal(await active(), 'Amber Storm', 'behind the last one is the box, then the first');
  await page.keyboard.press('Escape');
  assert.equal(await options.count(), 0);
  assert.equal(await field.inputValue(), 'ambe');
  assert.ok(await field.evaluate((input) => input === document.activeElement), 'Escape closes the list first');

  await page.keyboard.press('ArrowDown');
  await options.first().waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/watch\/\d+/);
  assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), 'Amber Storm');

  await box(page).fill('light');
  await options.first().waitFor();
  await options.last().click();
  await page.waitForURL(/\/tag\/amber%20%26%20light$/);
  await box(page).fill('zero');
  await options.first().waitFor();
  await box(page).press('Enter');
  await page.waitForURL(/\/search\?q=zero/);
});
