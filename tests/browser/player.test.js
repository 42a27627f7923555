// The player as people use it: each key does what the overlay of `?` says, playing goes on where it stopped, on any
// device, and from one video to the next in the list that somebody came from.

import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { browser, change, gallery, until } from './harness.js';

const web = browser({ before, after });
const NAMES = { 'Aurora.mp4': 'aurora.mp4', 'Moire.webm': 'moire.webm', 'Rule 110.mp4': 'rule-110.mp4' };

const video = (page, read) => page.locator('video').evaluate(read);
const ready = (page) => page.waitForFunction(() => document.querySelector('video')?.readyState > 1 && !document.querySelector('.controls').hidden);

async function open(page, title, from = '/') {
  await page.goto(from);
  await page.getByRole('main').getByRole('link', { name: title, exact: true }).first().click();
  await page.getByRole('heading', { level: 1, name: title }).waitFor();
  await ready(page);
}

/** Puts the paused video at `seconds`. */
async function at(page, seconds) {
  await video(page, (it) => it.pause());
  await page.locator('video').evaluate((it, seconds) => new Promise((done) => {
    it.addEventListener('seeked', done, { once: true });
    it.currentTime = seconds;
  }), seconds);
}

const near = (page, seconds) => page.waitForFunction((seconds) => Math.abs(document.querySelector('video').currentTime - seconds) < 0.06, seconds);
const holds = (page, test) => page.waitForFunction(test);

/** What each row of the overlay says, and how one sees that it is so. */
const SAYS = {
  'Play or pause': async (page, keys) => {
    for (const key of keys) {
      await page.keyboard.press(key);
      await holds(page, () => !document.querySelector('video').paused);
      await page.keyboard.press(key);
      await holds(page, () => document.querySelector('video').paused);
    }
  },
  'Back 10 seconds': (page, [key]) => moves(page, key, 8, 0),
  'Forward 10 seconds': (page, [key]) => moves(page, key, 1, 'end'),
  'Back or forward 5 seconds': async (page, [back, on]) => {
    await moves(page, back, 7, 2);
    await moves(page, on, 2, 7);
  },
  'Back or forward 1 second': async (page, [back, on]) => {
    await moves(page, back, 5, 4);
    await moves(page, on, 5, 6);
  },
  'One frame back or forward, while paused': async (page, [back, on]) => {
    await moves(page, back, 5, 5 - 1 / 30);
    await moves(page, on, 5, 5 + 1 / 30);
  },
  'Jump to 0 % to 90 %': async (page, [first]) => {
    assert.equal(first, '0');
    for (const key of ['0', '5', '9']) await moves(page, key, 1, (key * (await video(page, (it) => it.duration))) / 10);
  },
  'To the start or the end': async (page, [start, end]) => {
    await moves(page, start, 4, 0);
    await moves(page, end, 4, 'end');
  },
  'Louder or quieter': async (page, [louder, quieter]) => {
    await page.keyboard.press(quieter);
    await page.keyboard.press(quieter);
    await holds(page, () => document.querySelector('video').volume === 0.9);
    await page.keyboard.press(louder);
    await holds(page, () => document.querySelector('video').volume === 0.95);
  },
  'Sound on or off': async (page, [key]) => {
    await page.keyboard.press(key);
    await holds(page, () => document.querySelector('video').muted);
    await page.keyboard.press(key);
    await holds(page, () => !document.querySelector('video').muted);
  },
  Slower: (page, keys) => speeds(page, keys, [0.75, 0.5]),
  Faster: (page, keys) => speeds(page, keys, [0.75, 1]),
  'Loop: from A, to B, off': async (page, [key]) => {
    await at(page, 2);
    await page.keyboard.press(key);
    await at(page, 3);
    await page.keyboard.press(key);
    await at(page, 2.6);
    await page.getByRole('button', { name: 'End the loop' }).waitFor();
    let last = 0;
    await video(page, (it) => it.play());
    await page.waitForFunction(() => {
      const { currentTime } = document.querySelector('video');
      const back = currentTime < window.last - 0.5;
      window.last = currentTime;
      return back && currentTime < 2.5;
    }, last, { polling: 'raf' });
    await video(page, (it) => it.pause());
    await page.keyboard.press(key);
    await page.getByRole('button', { name: 'Loop from here' }).waitFor();
  },
  'Captions: on, next language, off': async (page, [key]) => {
    await page.keyboard.press(key);
    await page.getByText('No captions').waitFor();
  },
  'Full screen': async (page, [key]) => {
    await page.keyboard.press(key);
    await holds(page, () => document.fullscreenElement?.querySelector('.acts .stars'));
    await page.getByRole('button', { name: 'Leave full screen' }).waitFor();
    await page.keyboard.press(key);
    await holds(page, () => !document.fullscreenElement);
  },
  Theatre: async (page, [key]) => {
    const width = () => page.locator('.player').evaluate((it) => it.clientWidth);
    const before = await width();
    await page.keyboard.press(key);
    assert.ok((await width()) > before + 100);
    await page.reload();
    await ready(page);
    assert.ok((await width()) > before + 100, 'it is remembered');
    await page.keyboard.press(key);
    assert.equal(await width(), before);
  },
  'Picture in picture': async (page, [key]) => {
    await page.keyboard.press(key);
    await page.waitForFunction(() => document.pictureInPictureElement || /No picture in picture/.test(document.querySelector('.said').textContent));
    await page.evaluate(() => document.pictureInPictureElement && document.exitPictureInPicture());
  },
  'Rate; 0 clears': async (page, [first]) => {
    assert.equal(first, 'r');
    for (const stars of ['3', '0']) {
      await change(page, async () => {
        await page.keyboard.press('r');
        await page.keyboard.press(stars);
      });
      await page.locator(`.acts .stars[data-n="${stars}"]`).waitFor();
    }
  },
  Favorite: async (page, [key]) => {
    await change(page, () => page.keyboard.press(key));
    await page.locator('.acts').getByRole('button', { name: 'Favorite', pressed: true }).waitFor();
    // Shown at once; noted, so that it can be taken back, when it is answered.
    await page.getByText('Added to favorites.').waitFor();
  },
  'Undo the last change': async (page, [key]) => {
    await change(page, () => page.keyboard.press(key));
    await page.locator('.acts').getByRole('button', { name: 'Favorite', pressed: false }).waitFor();
  },
  'Add a tag': async (page, [key]) => {
    await page.keyboard.press(key);
    await page.keyboard.type('k');
    assert.equal(await page.getByLabel('Add a tag').inputValue(), 'k', 'keys write while somebody types');
    await page.getByLabel('Add a tag').fill('');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
  },
  Search: async (page, [key]) => {
    await page.keyboard.press(key);
    await page.locator('[type=search]:focus').waitFor();
    await page.keyboard.press('Escape');
  },
  'All keys': async (page, [key]) => {
    await page.keyboard.press(key);
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  },
  'Next or previous video': async (page, [next, previous]) => {
    await page.keyboard.press(next);
    await page.getByRole('heading', { level: 1, name: 'Moire' }).waitFor();
    await ready(page);
    await page.keyboard.press(previous);
    await page.getByRole('heading', { level: 1, name: 'Aurora' }).waitFor();
    await ready(page);
  },
};

async function moves(page, key, from, to) {
  await at(page, from);
  await page.keyboard.press(key);
  await near(page, to === 'end' ? await video(page, (it) => it.duration) : to);
}

async function speeds(page, keys, expected) {
  for (const [index, key] of keys.entries()) {
    await page.keyboard.press(key);
    await page.waitForFunction((speed) => document.querySelector('video').playbackRate === speed, expected[index]);
  }
}

/** The names of keys as playwright has them. */
const PRESSED = { '←': 'ArrowLeft', '→': 'ArrowRight', '↑': 'ArrowUp', '↓': 'ArrowDown' };
const pressed = (shown) => shown.split(' + ').map((part) => PRESSED[part] ?? (/^[A-Z]$/.test(part) && !shown.includes('+') ? part.toLowerCase() : part)).join('+');

test('every key does what the overlay says, and the overlay says every key', async (t) => {
  const page = await web.open(t, await gallery(t, NAMES));
  await open(page, 'Aurora', '/?sort=title');
  await page.keyboard.press('?');
  const rows = await page.locator('dialog dl > div').evaluateAll((rows) => rows.map((row) => ({
    label: row.querySelector('dd').textContent,
    keys: [...row.querySelectorAll('kbd')].map((key) => key.textContent),
  })));
  await page.getByRole('button', { name: 'Close' }).click();
  assert.deepEqual(rows.map((row) => row.label).toSorted(), Object.keys(SAYS).toSorted());
  // In the order written above: a favorite is given before it is taken back, and going elsewhere comes last.
  for (const [label, sees] of Object.entries(SAYS)) {
    await t.test(label, () => sees(page, rows.find((row) => row.label === label).keys.map(pressed)));
  }
});

test('keys with Ctrl or Alt, and Space on a button, are not taken', async (t) => {
  const page = await web.open(t, await gallery(t, NAMES));
  await open(page, 'Aurora');
  await page.keyboard.press('Alt+k');
  await page.getByRole('button', { name: 'Mute' }).focus();
  await page.keyboard.press('Space');
  await holds(page, () => document.querySelector('video').muted);
  assert.equal(await video(page, (it) => it.paused), true);
  await page.getByRole('slider', { name: 'Seek' }).focus();
  await page.keyboard.press('ArrowUp');
  await near(page, 5);
  await page.locator('input[aria-label="Seek"][aria-valuetext^="0:05 of 0:0"]').waitFor();
});

test('what one device stopped another goes on with, and what ended begins again', async (t) => {
  const it = await gallery(t, { 'Film.mp4': 'aurora.mp4' });
  const [sofa, phone] = [await web.open(t, it), await web.open(t, it)];
  const sent = (page) => page.waitForResponse((answer) => answer.url().endsWith('/playback') && answer.status() === 202);
  await open(sofa, 'Film');
  const stopped = sent(sofa);
  const seconds = await video(sofa, async (film) => {
    film.currentTime = 5;
    await film.play();
    // As soon as it has come so far: on a busy machine a key may be late.
    await new Promise((far) => film.addEventListener('timeupdate', () => film.currentTime > 6.2 && far()));
    film.pause();
    return film.currentTime;
  });
  await stopped;
  // What is answered with 202 is known a moment later.
  const known = (fits) => until(it, '/videos/1', ({ progress }) => progress && fits(progress));
  await known((progress) => Math.abs(progress.position_ms / 1000 - seconds) < 0.06);
  await open(phone, 'Film');
  await phone.getByText(`Resumed at 0:0${Math.floor(seconds)}`).waitFor();
  await near(phone, seconds);
  await phone.getByRole('button', { name: 'Start over' }).click();
  await phone.waitForFunction(() => document.querySelector('video').currentTime < 5);
  await phone.getByText('Resumed at').waitFor({ state: 'hidden' });
  await phone.waitForFunction(() => document.querySelector('video').currentTime > 1.2);
  const ended = sent(phone);
  await video(phone, (film) => { film.currentTime = film.duration - 0.3; return film.play(); });
  await ended;
  await known((progress) => progress.finished);
  await open(sofa, 'Film');
  await near(sofa, 0);
  assert.equal(await sofa.getByText('Resumed at').isVisible(), false);
});

test('an address says where to begin', async (t) => {
  const page = await web.open(t, await gallery(t, NAMES));
  await open(page, 'Aurora');
  for (const [time, seconds] of [['3', 3], ['0m4s', 4], ['9999', 0]]) {
    await page.goto(`${new URL(page.url()).pathname}?t=${time}`);
    await ready(page);
    await near(page, seconds);
  }
});

test('without JavaScript the controls of the browser are there', async (t) => {
  const page = await web.open(t, await gallery(t, NAMES), { javaScriptEnabled: false });
  await page.goto('/?sort=title');
  await page.getByRole('link', { name: 'Aurora', exact: true }).click();
  await page.locator('video[controls]').waitFor();
  assert.equal(await page.locator('.controls').isVisible(), false);
  await page.getByRole('link', { name: 'Next' }).click();
  await page.getByText('of 3 in').waitFor();
});

test('the list that somebody came from stays, and goes on by itself if wanted', async (t) => {
  const it = await gallery(t, { ...NAMES, 'Other.mp4': 'colour-wheel.mp4' });
  const page = await web.open(t, it);
  for (const title of ['Aurora', 'Moire', 'Rule 110']) {
    await open(page, title);
    await change(page, () => page.locator('.acts').getByRole('button', { name: 'Favorite' }).click());
  }
  await open(page, 'Aurora', '/favorites?sort=title');
  await page.getByText('1 of 3 in Favorites').waitFor();
  await page.getByRole('navigation', { name: 'This list' }).getByRole('link', { name: 'Next' }).click();
  await page.getByText('2 of 3 in Favorites').waitFor();
  await page.getByRole('switch', { name: 'Autoplay next' }).check();
  const toEnd = () => video(page, (film) => {
    film.currentTime = film.duration - 0.2;
    return film.play();
  });
  await ready(page);
  await toEnd();
  await page.getByText(/Next in \d s/).waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByText(/Next in \d s/).waitFor({ state: 'detached' });
  await toEnd();
  await page.getByText('3 of 3 in Favorites').waitFor();
  await holds(page, () => document.querySelector('video').currentTime > 0.2);
  await page.getByRole('link', { name: 'Favorites', exact: true }).last().click();
  await page.waitForURL(/\/favorites\?sort=title#v\d+$/);
});

test('tags are completed, created, pasted and taken back with the keyboard alone', async (t) => {
  const page = await web.open(t, await gallery(t, NAMES));
  const shown = (names) => page.waitForFunction((names) => {
    const there = [...document.querySelectorAll('#tags .tag a')].map((link) => link.innerText);
    return JSON.stringify(there) === JSON.stringify(names);
  }, names);
  await open(page, 'Moire');
  const box = page.getByRole('combobox', { name: 'Add a tag' });
  await box.fill('night sky');
  await page.getByRole('option', { name: 'Create “night sky”' }).waitFor();
  await change(page, () => page.keyboard.press('Enter'));
  await page.getByRole('link', { name: 'night sky' }).waitFor();
  await open(page, 'Aurora');
  await page.keyboard.press('g');
  await box.pressSequentially('nig');
  await page.getByRole('option', { name: 'night sky 1 video' }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.getByRole('option', { name: 'night sky', selected: true }).waitFor();
  await change(page, () => page.keyboard.press('Enter'));
  await page.getByRole('link', { name: 'night sky' }).waitFor();
  await box.evaluate((input) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text', 'one, #two\nthree');
    input.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  });
  await page.getByRole('link', { name: 'two', exact: true }).waitFor();
  await shown(['night sky', 'one', 'three', 'two']);
  await box.focus();
  await change(page, () => page.keyboard.press('Backspace'));
  await page.getByRole('link', { name: 'two', exact: true }).waitFor({ state: 'detached' });
  await shown(['night sky', 'one', 'three']);
});

test('a file that does not play and a file that is gone say so', async (t) => {
  const it = await gallery(t, { ...NAMES, 'Gone.mp4': 'colour-wheel.mp4' });
  const page = await web.open(t, it, { expects: /404|Failed to load/ });
  await open(page, 'Gone');
  await rm(path.join(it.folder, 'Gone.mp4'));
  // Under another address, because browsers keep what they have read of this one.
  await page.locator('video').evaluate((film) => { film.src += '?again'; });
  await page.getByText(/file.* is (gone|missing)/).waitFor();
  // The folder is watched; that the file is gone is known a moment later.
  do await page.reload(); while (await page.locator('video').count());
  await page.getByText('This file has been missing since').waitFor();
  await page.getByRole('heading', { level: 1, name: 'Gone' }).waitFor();
  await page.keyboard.press('s');
  await page.locator('.acts').getByRole('button', { name: 'Favorite', pressed: true }).waitFor();
});
