// The image gallery: one picture by itself by keys, a selection that becomes a group, hearts, and all of it without scripts.

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { crc32, deflateSync } from 'node:zlib';
import { THEMES, browser, change, gallery, screenshot, violations } from './harness.js';

const web = browser({ before, after });
const SIZES = [[160, 90], [90, 160], [120, 120], [200, 80], [64, 64]];

/** A picture of this size, with colours that depend on `seed`. */
function png(width, height, seed) {
  const chunk = (type, body) => {
    const typed = Buffer.concat([Buffer.from(type), body]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(body.length);
    sum.writeUInt32BE(crc32(typed));
    return Buffer.concat([length, typed, sum]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2], 8);
  const rows = Buffer.alloc(height * (1 + 3 * width));
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      rows.set([(x * 2 + seed * 70) & 255, (y * 2 + seed * 120) & 255, (seed * 37 + 80) & 255], y * (1 + 3 * width) + 1 + 3 * x);
    }
  }
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk('IHDR', head), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}

/** A gallery of the images `1.png` to `5.png`, of which the last comes first. */
async function images(t) {
  const folder = await mkdtemp(path.join(tmpdir(), 'images-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await Promise.all(SIZES.map(([width, height], index) => writeFile(path.join(folder, `${index + 1}.png`), png(width, height, index))));
  const it = await gallery(t, {}, ['--images', folder]);
  while (!(await (await fetch(`${it.server.url}/images`)).text()).includes('5 images'));
  return it;
}

const names = (page) => page.locator('.tile > a').evaluateAll((links) => links.map((link) => link.title));

test('keys lead through the pictures, and give and take hearts', async (t) => {
  const page = await web.open(t, await images(t));
  await page.goto('/images');
  assert.deepEqual(await names(page), ['5.png', '4.png', '3.png', '2.png', '1.png']);
  await page.getByRole('link', { name: '5.png' }).click();
  const dialog = page.getByRole('dialog', { name: 'Image' });
  await dialog.getByRole('img', { name: '5.png' }).waitFor();
  await page.keyboard.press('ArrowLeft');
  await dialog.getByRole('img', { name: '1.png' }).waitFor();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await dialog.getByRole('img', { name: '4.png' }).waitFor();
  const noted = page.waitForResponse((answer) => answer.url().endsWith('/favorite'));
  await page.keyboard.press('f');
  await noted;
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  assert.equal(await page.evaluate(() => document.activeElement.title), '4.png');
  await page.getByRole('link', { name: 'Favorites' }).last().click();
  await page.waitForURL('**/images/favorites');
  assert.deepEqual(await names(page), ['4.png']);
});

test('a selection becomes a group, which has a cover and loses images by keys', async (t) => {
  const page = await web.open(t, await images(t));
  await page.goto('/images');
  await page.getByLabel('Select 4.png').check();
  await page.getByLabel('Select 2.png').click({ modifiers: ['Shift'] });
  await page.getByText('3 selected').waitFor();
  await page.getByLabel('Name of a new group').fill('Köln & Bonn');
  await page.getByRole('button', { name: 'Create group' }).click();
  await page.waitForURL('**/images/groups/k%C3%B6ln-bonn');
  assert.deepEqual(await names(page), ['4.png', '3.png', '2.png']);
  await page.getByRole('link', { name: '3.png' }).click();
  const dialog = page.getByRole('dialog', { name: 'Image' });
  await page.keyboard.press('c');
  await dialog.getByText('is the cover now').waitFor();
  await page.keyboard.press('ArrowLeft');
  await dialog.getByRole('img', { name: '4.png' }).waitFor();
  await change(page, () => page.keyboard.press('Delete'));
  await dialog.getByRole('img', { name: '3.png' }).waitFor();
  await page.keyboard.press('g');
  await dialog.getByRole('checkbox', { name: 'Köln & Bonn', checked: true }).waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  await page.reload();
  assert.deepEqual(await names(page), ['3.png', '2.png']);
  await page.locator('.tile.is-cover a[title="3.png"]').waitFor();
});

test('without JavaScript groups are made, renamed, emptied and deleted', async (t) => {
  const page = await web.open(t, await images(t), { javaScriptEnabled: false });
  await page.goto('/images');
  await page.locator('#i2').getByRole('button', { name: 'Favorite' }).click();
  await page.waitForURL('**/images#i2');
  assert.equal(await page.locator('#i2 .heart').getAttribute('aria-pressed'), 'true');
  await page.getByLabel('Select 1.png').check();
  await page.getByLabel('Select 2.png').check();
  await page.getByLabel('Name of a new group').fill('Two');
  await page.getByRole('button', { name: 'Create group' }).click();
  await page.waitForURL('**/images/groups/two');
  await page.getByText('Rename').click();
  await page.getByLabel('Name', { exact: true }).fill('Renamed');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { level: 1, name: 'Renamed' }).waitFor();
  await page.getByLabel('Select 1.png').check();
  await page.getByRole('button', { name: 'Remove from group' }).click();
  await page.getByLabel('Select 1.png').waitFor({ state: 'detached' });
  assert.deepEqual(await names(page), ['2.png']);
  await page.getByText('Delete…').click();
  await page.getByRole('button', { name: 'Delete group' }).click();
  await page.waitForURL('**/images');
  assert.equal((await names(page)).length, 5);
});

for (const theme of THEMES) {
  test(`images are accessible and fit every screen, ${theme}`, async (t) => {
    const it = await images(t);
    const page = await web.open(t, it, { colorScheme: theme, expects: /404/ });
    await page.request.post('/images/groups', { form: { name: 'A group with a rather long name', image: '3' } });
    const found = [];
    for (const width of [360, 768, 1280, 1920]) {
      await page.setViewportSize({ width, height: 800 });
      for (const [name, address] of Object.entries({ images: '/images', favorites: '/images/favorites', group: '/images/groups/a-group-with-a-rather-long-name' })) {
        await page.goto(address, { waitUntil: 'load' });
        if (name === 'images') await page.getByLabel('Select 2.png').check();
        found.push(...(await violations(page)).map((violation) => `${address} ${violation}`));
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        if (overflow > 0) found.push(`${address} is ${overflow} px wider than a screen of ${width} px`);
        await screenshot(page, `images-${name}-${width}-${theme}`);
      }
      await page.getByRole('link', { name: '3.png' }).click();
      await page.getByRole('dialog').getByRole('img', { name: '3.png' }).waitFor();
      await page.keyboard.press('g');
      found.push(...(await violations(page)).map((violation) => `lightbox ${violation}`));
      await screenshot(page, `images-lightbox-${width}-${theme}`);
    }
    assert.deepEqual(found, []);
  });
}
