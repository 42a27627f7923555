// Looking after the gallery on its page: a job is asked for, and said how it went; with JavaScript and without.

import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { browser, gallery, violations } from './harness.js';

const web = browser({ before, after });

for (const javaScriptEnabled of [true, false]) {
  test(`has the log verified, ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async (t) => {
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
}
