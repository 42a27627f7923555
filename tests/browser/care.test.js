// What can be asked for on the page of the administration: each asks once, shows how it goes, can be cancelled, and says
// what it did; with JavaScript and without.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { rmSync } from 'node:fs';
import { request } from 'node:http';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { BINARY, browser, gallery, violations } from './harness.js';

const web = browser({ before, after });

const TOKEN = 'a-token-that-is-long-enough';

/** Waits until job `number` of the page says this. Without JavaScript a page shows what was when it was asked for. */
async function says(page, javaScriptEnabled, number, words) {
  const job = page.locator(`#job-${number}`);
  const ended = async () => (await job.count()) > 0 && (await job.getByRole('progressbar').count()) === 0;
  while (!javaScriptEnabled && !(await ended())) await page.reload();
  await job.getByText(words).first().waitFor();
  return job;
}

for (const javaScriptEnabled of [true, false]) {
  const how = `${javaScriptEnabled ? 'with' : 'without'} JavaScript`;

  test(`carries the log away, ${how}`, async (t) => {
    const page = await web.open(t, await gallery(t, { 'aurora.mp4': 'aurora.mp4' }), { javaScriptEnabled });
    await page.goto('/admin');
    await page.getByText('Carry it away', { exact: true }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'gallery.jsonl' }).click(),
    ]);
    assert.equal(download.suggestedFilename(), 'gallery.jsonl');
    const lines = (await readFile(await download.path(), 'utf8')).trimEnd().split('\n');
    assert.equal(JSON.parse(lines.at(-1)).through, lines.length - 1, 'the last line vouches for those before it');
    await says(page, javaScriptEnabled, 1, /Backup: Sent \d+ events?, /);
  });

  test(`brings in files of the old program when somebody has seen what they say, ${how}`, async (t) => {
    const page = await web.open(t, await gallery(t, { 'aurora.mp4': 'aurora.mp4' }), { javaScriptEnabled });
    await page.goto('/admin');
    await page.getByText('Bring in the old program’s files', { exact: true }).click();
    const json = (name, value) => ({ name, mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(value)) });
    const files = [json('ratings.json', { 'aurora.mp4': 5, 'gone.mp4': 2 }), json('tags.json', { 'aurora.mp4': ['#sky'] })];
    await page.getByLabel('Files').setInputFiles(files);
    if (javaScriptEnabled) assert.deepEqual(await violations(page), []);
    await page.getByRole('button', { name: 'Look what they would bring' }).click();
    await page.waitForURL('/admin#job-1');
    const preview = await says(page, javaScriptEnabled, 1, /They would bring \d+ events, as one change\./);
    await preview.getByText('2 new').waitFor();
    const parts = await preview.locator('.say').evaluate((line) => line.childNodes.length);
    assert.equal(parts, 2, 'beside its sign it is one sentence, and not a column for each piece');
    await preview.getByRole('button', { name: 'Bring it in' }).click();
    await page.waitForURL('/admin#job-2');
    await says(page, javaScriptEnabled, 2, /Brought in \d+ events, as change \d+\./);
    assert.equal(await page.getByRole('button', { name: 'Bring it in' }).count(), 0, 'it is in');
    await page.goto('/history?kind=maintenance');
    await page.getByText(/Import: Brought in/).waitFor();
    await page.goto('/tag/sky');
    await page.getByRole('heading', { name: 'aurora' }).waitFor();
  });

  test(`believes that what is missing is gone when somebody says so, ${how}`, async (t) => {
    const it = await gallery(t, { 'aurora.mp4': 'aurora.mp4' });
    const page = await web.open(t, it, { javaScriptEnabled });
    await rm(path.join(it.folder, 'aurora.mp4'));
    await page.goto('/admin');
    await page.getByText('Look at the folders again', { exact: true }).click();
    await page.getByRole('button', { name: 'Look at them now' }).click();
    await page.waitForURL('/admin#job-1');
    await says(page, javaScriptEnabled, 1, /is left as it was/);
    await page.reload();
    await page.getByText('What is missing is really gone', { exact: true }).click();
    await page.getByRole('button', { name: 'It is really gone' }).click();
    await page.waitForURL('/admin#job-2');
    await says(page, javaScriptEnabled, 2, /What is missing there is gone: 1 change/);
    await page.reload();
    assert.equal(await page.getByText('What is missing is really gone', { exact: true }).count(), 0);
    await page.goto('/');
    assert.equal(await page.getByRole('heading', { name: 'aurora' }).count(), 0);
  });

  test(`cancels what nobody takes to its end, ${how}`, async (t) => {
    const it = await gallery(t, {});
    await it.restart(() => {
      rmSync(it.data, { recursive: true });
      execFileSync(BINARY, ['tools', 'seed', '--videos', '100', '--events', '80000', '--data', it.data]);
    });
    const page = await web.open(t, it, { javaScriptEnabled });
    const asked = request(`${it.server.url}/admin/downloads`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    asked.on('error', () => {});
    t.after(() => asked.destroy());
    const answered = new Promise((resolve) => asked.on('response', resolve));
    asked.end('file=gallery.jsonl');
    // It is never read.
    const answer = await answered;
    answer.on('error', () => {});
    await page.goto('/admin');
    await page.locator('#job-1').getByRole('progressbar').waitFor();
    await page.getByRole('button', { name: 'Cancel: Backup' }).click();
    await page.waitForURL('/admin#job-1');
    await says(page, javaScriptEnabled, 1, /It was cancelled; what was sent is not whole/);
  });

  test(`lets a browser in that shows the token, ${how}`, async (t) => {
    const it = await gallery(t, { 'aurora.mp4': 'aurora.mp4' }, ['--admin-token', TOKEN]);
    const page = await web.open(t, it, { javaScriptEnabled, expects: /403/ });
    await page.goto('/admin');
    assert.equal(await page.getByText('Verify the log', { exact: true }).count(), 0);
    await page.getByLabel('Token').fill('another-token-that-is-long');
    await page.getByRole('button', { name: 'Let me in' }).click();
    await page.getByText('That is not the token of this server').waitFor();
    await page.goto('/admin');
    await page.getByLabel('Token').fill(TOKEN);
    if (javaScriptEnabled) assert.deepEqual(await violations(page), []);
    await page.getByRole('button', { name: 'Let me in' }).click();
    await page.getByText('Verify the log', { exact: true }).click();
    await page.getByRole('button', { name: 'Verify now' }).click();
    await page.waitForURL('/admin#job-1');
    await says(page, javaScriptEnabled, 1, /^Verify: /);
  });
}
