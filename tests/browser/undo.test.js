// Taking back what an import brought: seen before, done, said, and brought back; with JavaScript and without.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import test, { after, before } from 'node:test';
import { BINARY, browser, gallery, violations } from './harness.js';

const web = browser({ before, after });
const OLD = fileURLToPath(new URL('../../tools/fixtures', import.meta.url));

/** A gallery into which the catalogue of the old program was imported; `batch` is that import. */
async function imported(t) {
  const it = await gallery(t, { 'aurora.mp4': 'aurora.mp4', 'lava-lamp.mp4': 'lava-lamp.mp4' });
  await it.restart(() => execFileSync(BINARY, ['tools', '--data', it.data, 'import', OLD]));
  const log = await (await fetch(`${it.server.url}/api/v1/log`)).text();
  const events = log.trim().split('\n').map((line) => JSON.parse(line));
  it.batch = events.find((event) => event.kind === 'import.started').batch;
  return it;
}

for (const javaScriptEnabled of [true, false]) {
  test(`takes back an import, ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async (t) => {
    const it = await imported(t);
    const page = await web.open(t, it, { javaScriptEnabled });
    const missing = async () => (await (await fetch(`${it.server.url}/api/v1/videos?q=is%3Amissing`)).json()).total;
    const before = await missing();
    assert.ok(before > 0, 'the old catalogue knows videos that are not here');
    await page.goto(`/undo/${it.batch}`);
    await page.getByRole('heading', { name: 'Take this change back?', level: 1 }).waitFor();
    await page.getByText(/^Import of /).waitFor();
    if (javaScriptEnabled) assert.deepEqual(await violations(page), []);
    await page.getByRole('button', { name: /^Take back [\d,]+ changes$/ }).click();
    await page.getByText(`Change ${it.batch} was taken back.`).waitFor();
    assert.equal(await missing(), 0);
    if (javaScriptEnabled) assert.deepEqual(await violations(page), []);
    await page.getByRole('button', { name: 'Undo', exact: true }).click();
    await page.getByText(/^Change \d+ was taken back\.$/).waitFor();
    assert.equal(await missing(), before);
  });
}
