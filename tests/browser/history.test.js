// The history: who changed what, which device it was, and what can be forgotten.

import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { browser, change, gallery, violations } from './harness.js';

const web = browser({ before, after });
const NAMES = { 'Aurora.mp4': 'aurora.mp4', 'Moire.webm': 'moire.webm' };

const rate = (page, stars) =>
  change(page, () => page.locator(`.acts [name=stars][value="${stars}"]`).click());

test('a person finds out why a video has two stars, and from which device that came', async (t) => {
  const it = await gallery(t, NAMES);
  const page = await web.open(t, it);
  await page.goto('/history/devices');
  await page.getByRole('textbox', { name: 'What this device is called' }).fill('Living room TV');
  await change(page, () => page.getByRole('button', { name: 'Name this device' }).click());
  await page.getByRole('heading', { name: 'Living room TV this device' }).waitFor();

  await page.goto('/watch/1');
  await rate(page, 5);
  await rate(page, 2);
  const panel = page.getByRole('region', { name: 'History' });
  await panel.scrollIntoViewIfNeeded();
  const newest = panel.getByRole('listitem').first();
  await newest.getByText('★★★★★ → ★★').waitFor();
  assert.match(await newest.innerText(), /was rated .*★★★★★ → ★★[\s\S]*just now · Living room TV/);
  assert.deepEqual(await violations(page), []);

  await newest.getByRole('link', { name: /^Change \d+$/ }).click();
  await page.getByRole('heading', { level: 1, name: /^Change #\d+$/ }).waitFor();
  await page.getByRole('link', { name: '“Aurora”' }).waitFor();
  await page.getByRole('link', { name: 'Living room TV' }).click();
  await page.waitForURL(/\/history\?device=\d+/);
  assert.equal(await page.getByRole('listitem').filter({ hasText: 'was rated' }).count(), 2);
});

test('the panel of a video shows what was changed just now', async (t) => {
  const page = await web.open(t, await gallery(t, NAMES));
  await page.goto('/watch/1');
  const panel = page.getByRole('region', { name: 'History' });
  await panel.scrollIntoViewIfNeeded();
  await panel.getByText('was found').waitFor();
  await rate(page, 3);
  await panel.getByText('★★★').waitFor();
});

for (const javaScriptEnabled of [true, false]) test(`a device is named, renamed and forgotten, ${javaScriptEnabled ? 'with' : 'without'} JavaScript, and what was done stays`, async (t) => {
  const page = await web.open(t, await gallery(t, NAMES), { javaScriptEnabled });
  await page.goto('/watch/1');
  await change(page, () => page.locator('.acts [name=stars][value="4"]').click());
  await page.goto('/history/devices');
  const name = async (name) => {
    await page.getByRole('textbox', { name: 'What this device is called' }).fill(name);
    await page.locator('.naming .first').click();
    await page.getByRole('heading', { name: `${name} this device` }).waitFor();
  };
  await name('Phone');
  await name('<b>Kitchen</b> & "tablet" 🎬');
  await page.goto('/history');
  await page.getByRole('link', { name: '<b>Kitchen</b> & "tablet" 🎬' }).waitFor();
  await page.goto('/history/devices');
  await page.getByRole('link', { name: /^Forget / }).click();
  await page.getByRole('button', { name: 'Forget the name' }).click();
  await page.getByRole('heading', { name: /^Device \d+ this device$/ }).waitFor();
  await page.goto('/history');
  assert.match(await page.getByRole('listitem').first().innerText(), /was rated ★★★★[\s\S]*Device \d+/);
});

for (const javaScriptEnabled of [true, false]) test(`a viewing is forgotten after a question, ${javaScriptEnabled ? 'with' : 'without'} JavaScript, and counts no more`, async (t) => {
  const it = await gallery(t, NAMES);
  const page = await web.open(t, it, { javaScriptEnabled });
  await page.request.post('/videos/1/view');
  await page.request.post('/videos/1/rating', { form: { stars: '3' } });
  await page.goto('/watch/1');
  await page.locator('.views').getByText('1 view', { exact: true }).waitFor();
  await page.getByRole('link', { name: 'When it was watched' }).click();
  await page.getByRole('link', { name: /^Forget viewing/ }).click();
  await page.getByRole('heading', { level: 1, name: 'Forget this viewing?' }).waitFor();
  await page.getByRole('button', { name: 'Forget it' }).click();
  await page.getByText('A viewing that was forgotten').first().waitFor();
  await page.goto('/watch/1');
  await page.locator('.views').getByText('0 views', { exact: true }).waitFor();
  await page.goto('/history?video=1&kind=watching');
  await page.getByRole('heading', { name: 'Nothing like that was found' }).waitFor();
});

test('the history is narrowed down, and a filter that cannot be meant says so', async (t) => {
  const page = await web.open(t, await gallery(t, NAMES), { javaScriptEnabled: false, expects: /400/ });
  for (const [id, stars] of [[1, 4], [2, 5]]) await page.request.post(`/videos/${id}/rating`, { form: { stars } });
  await page.goto('/history');
  await page.getByRole('textbox', { name: 'Text' }).fill('moire');
  await page.getByRole('combobox', { name: 'Kind' }).selectOption('Ratings');
  await page.getByRole('form', { name: 'Narrow down' }).getByRole('button').click();
  const entries = page.locator('.change');
  assert.equal(await entries.count(), 1);
  assert.match(await entries.innerText(), /“Moire” was rated ★★★★★/);
  await page.getByRole('link', { name: 'Clear' }).click();
  await page.getByRole('textbox', { name: 'Video' }).fill('nobody.mp4');
  await page.getByRole('form', { name: 'Narrow down' }).getByRole('button').click();
  await page.getByText('No file is called “nobody.mp4”').waitFor();
});
