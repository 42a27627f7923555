// Looking after the gallery on its page: what it says, how it keeps itself up to date, and a job that is asked for; with
// JavaScript and without.

import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { browser, covered, gallery, violations } from './harness.js';

const web = browser({ before, after });
const FILMS = { 'aurora.mp4': 'aurora.mp4', 'broken.mp4': 'tests/clips/no-moov.mp4' };

for (const javaScriptEnabled of [true, false]) {
  const how = `${javaScriptEnabled ? 'with' : 'without'} JavaScript`;

  test(`has the log verified, ${how}`, async (t) => {
    const page = await web.open(t, await gallery(t, { 'aurora.mp4': 'aurora.mp4' }), { javaScriptEnabled });
    await page.goto('/admin');
    // Twice: what the first one leaves behind does not keep the next from being sent.
    for (const number of [1, 2]) {
      await page.getByText('Verify the log', { exact: true }).click();
      await page.getByRole('button', { name: 'Verify now' }).click();
      await page.waitForURL(`/admin#job-${number}`);
      const job = page.locator(`#job-${number}`);
      // Without JavaScript a page shows what was when it was asked for.
      while (!javaScriptEnabled && (await job.getByRole('progressbar').count())) await page.reload();
      await job.getByText(/^Verify: /).waitFor();
    }
    if (javaScriptEnabled) assert.deepEqual(await violations(page), []);
  });

  test(`looks further back, and says what failed and where, ${how}`, async (t) => {
    const it = await gallery(t, FILMS);
    await covered(it);
    const page = await web.open(t, it, { javaScriptEnabled, viewport: { width: 360, height: 800 } });
    await page.goto('/admin');
    const windows = page.getByRole('navigation', { name: 'How far back' });
    assert.equal(await windows.locator('[aria-current]').innerText(), '1 hour');
    await windows.getByRole('link', { name: '30 days' }).click();
    await page.waitForURL('/admin?window=30d');
    assert.equal(await windows.locator('[aria-current]').innerText(), '30 days');
    const issues = page.getByRole('region', { name: /to look at/ });
    await issues.getByText(/^Warning: 1 thumbnail failed: /).waitFor();
    await issues.getByRole('link', { name: /^Show: 1 thumbnail failed/ }).click();
    // What was closed opens, and the window is the same.
    await page.getByRole('link', { name: 'broken' }).waitFor();
    assert.match(page.url(), /\/admin\?window=30d#failed-1$/);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(overflow <= 0, `the page is ${overflow} px wider than the screen`);
    await issues.getByRole('button', { name: /^Retry: 1 thumbnail failed/ }).click();
    // It is tried again at once, and fails once more.
    const twice = () => {
      const counts = document.querySelectorAll('#thumbnails tbody td:last-child');
      return [...counts].reduce((sum, count) => sum + Number(count.textContent), 0) === 2;
    };
    while (!javaScriptEnabled && !(await page.evaluate(twice))) await page.reload();
    if (javaScriptEnabled) await page.waitForFunction(twice);
    await page.getByText('1 video without a cover').waitFor({ state: 'attached' });
  });
}

test('keeps itself up to date while somebody looks, and leaves open what is open', async (t) => {
  const it = await gallery(t, { 'aurora.mp4': 'aurora.mp4' });
  await covered(it);
  const page = await web.open(t, it);
  await page.goto('/admin');
  const position = () => page.locator('#projection dt:text-is("Position") + dd').innerText();
  const [before, table] = [Number(await position()), page.locator('#points details')];
  await table.getByText('As a table').click();
  await page.request.post('/videos/1/rating', { form: { stars: 4 }, headers: { accept: 'application/json' } });
  await page.waitForFunction(
    (before) => Number(document.querySelector('#projection dd').innerText.replaceAll(',', '')) > before,
    before,
  );
  assert.ok(await table.evaluate((details) => details.open), 'the table is still open');
  assert.ok((await table.getByRole('row').count()) > 1);
});

test('asks for nothing while nobody looks', async (t) => {
  const it = await gallery(t, { 'aurora.mp4': 'aurora.mp4' });
  await covered(it);
  const page = await web.open(t, it);
  await page.clock.install();
  const asked = [];
  page.on('request', (request) => request.url().endsWith('/admin') && asked.push(request.url()));
  const drawn = () => page.waitForResponse((answer) => answer.url().endsWith('/admin'));
  await page.goto('/admin');
  let answer = drawn();
  await page.clock.runFor(10_000);
  await answer;
  await page.evaluate(() => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => true });
    document.dispatchEvent(new Event('visibilitychange'));
  });
  const sent = asked.length;
  await page.clock.runFor(60_000);
  assert.equal(asked.length, sent, 'a minute in the background asks for nothing');
  answer = drawn();
  await page.evaluate(() => {
    delete document.hidden;
    document.dispatchEvent(new Event('visibilitychange'));
  });
  await page.clock.runFor(100);
  await answer;
});
