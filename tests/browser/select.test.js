// Doing one thing to many videos: by box, by range, by key, and all that match; and taking it back.

import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { browser, change, gallery, violations } from './harness.js';

const web = browser({ before, after });
const NAMES = Object.fromEntries(
  Array.from({ length: 9 }, (_, number) => [`Film ${number + 1}.mp4`, 'rule-110.mp4']),
);

test('a range is tagged as one change, and one click takes it back', async (t) => {
  const page = await web.open(t, await gallery(t, NAMES));
  await page.goto('/?sort=title');
  await change(page, () => page.request.post('/videos/1/tags', { form: { add: 'old' } }).then(() => page.locator('.heart').first().click()));
  const card = (number) => page.locator('.card', { has: page.getByRole('link', { name: `Film ${number}`, exact: true }) });
  await card(2).hover();
  await card(2).getByRole('checkbox').check();
  await card(5).getByRole('checkbox').click({ modifiers: ['Shift'] });
  const bar = page.getByRole('region', { name: 'Selection' });
  await bar.getByText('4 selected').waitFor();
  await card(4).click();
  await bar.getByText('3 selected').waitFor();
  assert.deepEqual(await violations(page), []);
  await bar.getByRole('button', { name: 'Tags' }).click();
  await page.getByRole('dialog').waitFor();
  await page.keyboard.type('calm');
  await page.keyboard.press('Enter');
  await change(page, () => page.keyboard.press('Enter'));
  await page.getByText('Tagged 3 videos.').waitFor();
  await page.locator('.grid').getByRole('link', { name: 'calm' }).nth(2).waitFor();
  assert.equal(await page.locator('.grid').getByRole('link', { name: 'calm' }).count(), 3);
  await bar.getByRole('button', { name: 'Tags' }).click();
  await page.getByRole('checkbox', { name: 'calm', checked: true }).waitFor();
  await page.keyboard.press('Escape');
  await change(page, () => page.getByRole('button', { name: 'Undo' }).click());
  await page.getByText('Undone.').waitFor();
  await page.locator('.grid').getByRole('link', { name: 'calm' }).first().waitFor({ state: 'detached' });
});

test('keys select, all that match are rated, and a failure is taken back', async (t) => {
  const it = await gallery(t, NAMES);
  const page = await web.open(t, it, { expects: /503|ERR_/ });
  await page.goto('/?sort=title&per_page=4');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('x');
  const bar = page.getByRole('region', { name: 'Selection' });
  await bar.getByText('1 selected').waitFor();
  await page.keyboard.press('Control+a');
  await bar.getByText('4 selected').waitFor();
  await bar.getByRole('button', { name: 'Select all 9' }).click();
  await bar.getByText('9 selected').waitFor();
  const rate = async (name) => {
    await bar.locator('summary').click();
    await bar.getByRole('button', { name }).click();
  };
  await change(page, () => rate('3 of 5 stars'));
  await page.getByText('Gave 3 of 5 to 9 videos.').waitFor();
  const threes = () => page.waitForFunction(() => document.querySelectorAll('.grid .stars[data-n="3"]').length === 4);
  await threes();
  await page.getByRole('button', { name: 'Details' }).click();
  await page.getByText('9 videos changed').waitFor();
  await page.route('**/edits', (route) => route.fulfill({ status: 503, json: { title: 'no', detail: 'Busy.' } }));
  await rate('5 of 5 stars');
  await page.getByText('Not saved. Busy.').waitFor();
  // The cards show what is true again.
  await threes();
  await page.keyboard.press('Escape');
  await bar.waitFor({ state: 'hidden' });
  await page.unroute('**/edits');
  await page.goto('/?q=rating:3');
  assert.equal(await page.locator('.card').count(), 9);
});
