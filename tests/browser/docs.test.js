// The page that describes the API: readable and complete in both themes on every screen, and true: its own command
// lines work on the server it was read from.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import test, { after, before } from 'node:test';
import { promisify } from 'node:util';
import { JUDGED, THEMES, WIDTHS, browser, gallery, screenshot, violations } from './harness.js';

const web = browser({ before, after });
const NAMES = { 'Aurora & "co".mp4': 'aurora.mp4' };

for (const theme of THEMES) {
  for (const width of WIDTHS) {
    test(`the page of the API fits and is accessible, ${theme}, ${width} px`, async (t) => {
      const page = await web.open(t, await gallery(t, NAMES), { colorScheme: theme, viewport: { width, height: 800 } });
      await page.goto('/api/docs');
      const examples = (open) => document.querySelectorAll('details').forEach((it) => (it.open = open));
      await page.evaluate(examples, true);
      if (JUDGED.includes(width)) assert.deepEqual(await violations(page), []);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0, 'nothing sticks out');
      // With every example open the picture would show little else.
      await page.evaluate(examples, false);
      if (JUDGED.includes(width)) await screenshot(page, `docs-${width}-${theme}`);
    });
  }
}

test('a reader finds an operation, and its command line works as it stands', async (t) => {
  const viewport = { width: 360, height: 800 };
  const page = await web.open(t, await gallery(t, NAMES), { javaScriptEnabled: false, viewport });
  await page.goto('/api/docs');
  const contents = page.getByRole('navigation', { name: 'Contents' });
  await contents.getByText('Contents').click();
  await contents.getByRole('link', { name: 'Rate a video' }).click();
  await page.waitForURL(/#rateVideo$/);
  const operation = page.getByRole('article', { name: 'Rate a video' });
  const command = await operation.getByRole('group', { name: /^Command line/ }).innerText();
  const { stdout } = await promisify(execFile)('sh', ['-c', `${command} --silent`]);
  assert.equal(JSON.parse(stdout).stars, 4);
  await operation.getByRole('link', { name: 'NewRating' }).first().click();
  await page.waitForURL(/#schema-NewRating$/);
  const there = await page.getByRole('article', { name: 'NewRating' }).isVisible();
  assert.equal(there, true);
});
