// A list as people use it: by keys alone, in other looks, on and on, and back again.

import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { browser, change, gallery, titles } from './harness.js';

const web = browser({ before, after });
const LONG = `${'0123456789'.repeat(25)}.mp4`;
const ODD = ['"Quotes" & <b>bold<b>.mp4', '50% #1? a+b;c=d.mp4', '🎬 émile.mp4', 'قصة قصيرة.mp4', LONG];
const NAMES = Object.fromEntries([...ODD, 'Ash.mp4', 'Birch.mp4'].map((name) => [name, 'rule-110.mp4']));
const many = (count) =>
  Object.fromEntries(Array.from({ length: count }, (_, number) => [`Film ${number + 100}.mp4`, 'rule-110.mp4']));

const focused = (page) => page.evaluate(() => document.activeElement.closest('.card')?.querySelector('h2').innerText);

test('keys alone find a video, rate it, love it, tag it, take that back, and watch it', async (t) => {
  const page = await web.open(t, await gallery(t, NAMES));
  await page.goto('/?sort=title');
  const order = await titles(page);
  await page.keyboard.press('ArrowRight');
  assert.equal(await focused(page), order[0]);
  await page.keyboard.press('ArrowDown');
  const below = order.indexOf(await focused(page));
  assert.ok(below > 1, 'down is a row further');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowRight');
  assert.equal(await focused(page), order[1]);
  const card = page.locator('.card').nth(1);
  await change(page, () => page.keyboard.press('4'));
  await card.getByRole('radio', { name: '4 stars', checked: true }).waitFor();
  await change(page, () => page.keyboard.press('f'));
  await card.getByRole('button', { name: 'Favorite', pressed: true }).waitFor();
  await page.keyboard.press('t');
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  await page.keyboard.type('calm, "blue" & <i>');
  await page.keyboard.press('Enter');
  await change(page, () => page.keyboard.press('Enter'));
  await page.getByText('Tagged 1 video.').waitFor();
  await card.getByRole('link', { name: '"blue" & <i>' }).waitFor();
  assert.equal(await focused(page), order[1], 'the focus is back on the card');
  await change(page, () => page.keyboard.press('u'));
  await page.getByText('Undone.').waitFor();
  await card.getByRole('link', { name: 'calm' }).waitFor({ state: 'detached' });
  await change(page, () => page.keyboard.press('0'));
  await card.locator('.stars[data-n="0"]').waitFor();
  await page.keyboard.press('?');
  await page.getByRole('dialog').getByText('Favorite').waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/watch\/\d+\?from=%2F%3Fsort%3Dtitle/);
  assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), order[1]);
});

for (const javaScriptEnabled of [true, false]) {
  test(`filters and looks are links, with${javaScriptEnabled ? '' : 'out'} JavaScript`, async (t) => {
    const page = await web.open(t, await gallery(t, NAMES), { javaScriptEnabled });
    await page.goto('/');
    assert.equal(await page.getByRole('button', { name: 'Add to playlist' }).first().isVisible(), javaScriptEnabled);
    await page.locator('summary', { hasText: 'Filter' }).click();
    await page.getByRole('link', { name: 'Unwatched' }).click();
    await page.waitForURL(/q=is%3Aunwatched/);
    assert.equal((await titles(page)).length, Object.keys(NAMES).length);
    await page.locator('summary', { hasText: 'Filter' }).click();
    await page.getByRole('link', { name: '5 ★' }).click();
    await page.waitForURL(/rating%3A5/);
    assert.deepEqual(await titles(page), []);
    await page.getByRole('list', { name: 'Filters' }).getByRole('link', { name: 'Clear all' }).click();
    await page.waitForURL(/\/$/);
    await page.locator('summary', { hasText: 'View' }).click();
    await page.getByRole('link', { name: 'List', exact: true }).click();
    await page.waitForURL(/view=list/);
    assert.match(await page.locator('.card').first().innerText(), /added/);
    assert.equal((await titles(page)).includes('"Quotes" & <b>bold<b>'), true);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth).catch(() => 0);
    assert.ok(wide <= 0, 'the longest name breaks');
  });
}

test('the size of the covers is remembered', async (t) => {
  const page = await web.open(t, await gallery(t, NAMES));
  await page.goto('/');
  const width = () => page.locator('.cover').first().evaluate((cover) => cover.getBoundingClientRect().width);
  const usual = await width();
  await page.locator('summary', { hasText: 'View' }).click();
  await page.getByLabel('Size of covers').fill('420');
  const large = await width();
  assert.ok(large > usual);
  await page.goto('/?sort=title');
  assert.equal(await width(), large);
});

test('back leads to the same place of the list with the same focus', async (t) => {
  const page = await web.open(t, await gallery(t, many(24)));
  await page.goto('/?sort=title');
  const link = page.locator('.grid').getByRole('link', { name: 'Film 118' });
  await link.focus();
  const top = () => link.evaluate((it) => Math.round(it.getBoundingClientRect().top));
  const before = await top();
  await page.keyboard.press('Enter');
  await page.waitForURL(/watch/);
  await page.goBack();
  await page.waitForFunction(() => document.activeElement.innerText === 'Film 118');
  assert.ok(Math.abs((await top()) - before) < 3);
});

test('a list goes on by itself, its address tells where, and back finds the same card', async (t) => {
  const page = await web.open(t, await gallery(t, many(30)));
  await page.goto('/?sort=title&per_page=6');
  await page.locator('summary', { hasText: 'View' }).click();
  await page.getByLabel('Load more while scrolling').check();
  await page.keyboard.press('Escape');
  const last = page.locator('.grid').getByRole('link', { name: 'Film 129' });
  await page.waitForFunction(() => {
    scrollTo(0, document.body.scrollHeight);
    return [...document.querySelectorAll('.card')].length === 30;
  });
  await last.waitFor();
  await page.waitForURL(/page=[345]/);
  const all = await page.locator('.grid h2').allInnerTexts();
  assert.deepEqual(all, Array.from({ length: 30 }, (_, number) => `Film ${number + 100}`));
  await last.focus();
  const top = () => last.evaluate((it) => Math.round(it.getBoundingClientRect().top));
  const before = await top();
  await page.keyboard.press('Enter');
  await page.waitForURL(/watch/);
  await page.goBack();
  await page.waitForFunction(() => document.activeElement.innerText === 'Film 129');
  assert.ok(Math.abs((await top()) - before) < 60);
});
