// A real server on a folder of its own, and a real browser that watches what the page does behind its back.
//
// Every test gets its own server and data folder and tidies up after itself. Nothing here waits for time to
// pass: a test waits for a line, an answer or an element, and node's test runner bounds how long.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const TOP = fileURLToPath(new URL('../..', import.meta.url));
export const BINARY = path.join(TOP, 'target/debug/local-video-server');
const CLIPS = path.join(TOP, 'tools/demo/clips');
const AXE = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export const SCREENSHOTS = path.join(TOP, 'target/screenshots');
// A picture longer than this, in pixels, takes a minute to make.
const LONGEST = 10_000;
/** How long anything may take before a test gives up; far more than it needs on a busy machine. */
const PATIENCE_MS = 30_000;
/** A phone, a tablet, a laptop and a desk. */
export const WIDTHS = [360, 768, 1280, 1920];
/** Where the rules of accessibility are checked: the layouts between and beyond have the same elements. */
export const JUDGED = [360, 1280];
export const THEMES = ['dark', 'light'];

/** Debian's Chromium calls home at start unless it is told not to. */
const CHROMIUM = {
  executablePath: '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--autoplay-policy=no-user-gesture-required',
  ],
};

/** Fills `folder` with copies of clips, by name: { 'title.mp4': 'clip.mp4' }. No two have the same content. Bytes for a
 *  clip are written as they are, as those of captions; a clip of `tests/clips` is named by its path: 'tests/clips/a.avi'. */
async function library(folder, names) {
  for (const [name, clip] of Object.entries(names)) {
    if (clip instanceof Uint8Array) {
      await writeFile(path.join(folder, name), clip);
      continue;
    }
    const target = path.join(folder, name);
    await mkdir(path.dirname(target), { recursive: true });
    if (clip.startsWith('tests/')) {
      await copyFile(path.join(TOP, clip), target);
      continue;
    }
    const bytes = await readFile(path.join(CLIPS, clip));
    await writeFile(target, Buffer.concat([bytes, clip.endsWith('.webm') ? voidElement(name) : freeBox(name)]));
  }
}

/** An ISO `free` box with `text` in it, which players skip (ISO/IEC 14496-12, 8.1.2). */
function freeBox(text) {
  const body = Buffer.from(text);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + body.length, 0);
  head.write('free', 4);
  return Buffer.concat([head, body]);
}

/** An EBML `Void` element with `text` in it, which players skip (RFC 8794, 11.3.2). */
function voidElement(text) {
  const body = Buffer.from(text);
  return Buffer.concat([Buffer.from([0xec, 0x40 | (body.length >> 8), body.length & 0xff]), body]);
}

/** A running program of ours; `url` is the address it printed. */
class Server {
  static async start(folder, data, options = []) {
    const args = ['serve', folder, '--data', data, '--port', '0', ...options];
    // Without the programs of this machine: what a film needs of them would differ from one to the next.
    const child = spawn(BINARY, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, PATH: '' } });
    const server = new Server(child);
    server.log = '';
    child.stderr.on('data', (text) => (server.log += text));
    for await (const line of createInterface({ input: child.stdout })) {
      const address = line.match(/http:\/\/127\.0\.0\.1:\d+/);
      if (address) {
        server.url = address[0];
        child.stdout.resume();
        return server;
      }
    }
    throw new Error(`the server ended without printing an address:\n${server.log}`);
  }

  constructor(child) {
    this.child = child;
    this.ended = once(child, 'exit');
  }

  async kill(signal) {
    this.child.kill(signal);
    return this.ended;
  }
}

/** Waits until the server lists `count` videos: the first scan runs beside the first page. Of none it says nothing. */
async function scanned(url, count) {
  const deadline = Date.now() + PATIENCE_MS;
  const says = count > 0 ? new RegExp(`\\b${count} videos?\\b`) : /./;
  while (!says.test(await (await fetch(`${url}/?per_page=1`)).text())) {
    assert.ok(Date.now() < deadline, `the home page does not say that there are ${count} videos`);
  }
}

/** A gallery over `names`, closed at the end of test `t`. */
export async function gallery(t, names, options = []) {
  const home = await mkdtemp(path.join(tmpdir(), 'gallery-'));
  const folder = path.join(home, 'videos');
  const data = path.join(home, 'data');
  const it = { folder, data, contexts: [] };
  t.after(async () => {
    // Pages first: one that is still asking for something would complain that nobody answers.
    for (const context of it.contexts) await context.close();
    await it.server?.kill('SIGKILL');
    await rm(home, { recursive: true, force: true });
  });
  await mkdir(folder);
  await library(folder, names);
  it.server = await Server.start(folder, data, options);
  /** Ends the server, does `between`, and starts another. */
  it.restart = async (between) => {
    await it.server.kill('SIGKILL');
    between?.();
    it.server = await Server.start(folder, data, options);
    return it.server.url;
  };
  await scanned(it.server.url, Object.values(names).filter((clip) => typeof clip === 'string').length);
  return it;
}

/** A browser for the tests of one file. */
export function browser(hooks) {
  let running;
  hooks.before(async () => (running = await chromium.launch(CHROMIUM)));
  hooks.after(() => running.close());
  return {
    /** A tab on `it`; at the end of the test it must have asked only its own server, and its console must hold
     *  no error but those that the test `expects`. */
    async open(t, it, { expects, ...options } = {}) {
      const context = await running.newContext({ baseURL: it.server.url, colorScheme: 'dark', ...options });
      context.setDefaultTimeout(PATIENCE_MS);
      it.contexts.push(context);
      const page = await context.newPage();
      const strangers = [];
      const errors = [];
      context.on('request', (request) => {
        const url = request.url();
        if (!url.startsWith(`${it.server.url}/`) && !/^(data|blob|about):/.test(url)) strangers.push(url);
      });
      page.on('pageerror', (error) => errors.push(error.stack || String(error)));
      page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
      t.after(async () => {
        await context.close();
        assert.deepEqual(strangers, [], 'nothing is asked of another server');
        // Further down are addresses, with any number in them.
        assert.deepEqual(errors.filter((text) => !expects?.test(text.split('\n', 1)[0])), [], 'no error in the console');
      });
      return page;
    },
  };
}

/** Does `act` and waits for the answer to the one change that it sends. What a page waits for is no change. */
export async function change(page, act) {
  const sent = (it) => it.request().method() === 'POST' && !it.url().endsWith('/thumbnails/wanted');
  const [answer] = await Promise.all([page.waitForResponse(sent), act()]);
  assert.ok([200, 202, 303].includes(answer.status()), `${answer.url()} answered ${answer.status()}`);
}

/** Asks the API until the answer fits. */
export async function until(it, address, fits) {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const known = await (await fetch(`${it.server.url}/api/v1${address}`)).json();
    if (fits(known)) return known;
    assert.ok(Date.now() < deadline, `${address} still answers ${JSON.stringify(known)}`);
  }
}

/** Waits until every video has its cover, or cannot have one. */
export const covered = (it) => until(it, '/thumbnails', ({ pending }) => pending === 0);

/** Plays the video of the page until its clock has moved on by a second. */
export async function playSomeOf(page) {
  // How it is to be played is chosen by then.
  await page.waitForFunction(() => document.querySelector('video').readyState > 0);
  const from = await page.locator('video').evaluate(async (video) => {
    await video.play();
    return video.currentTime;
  });
  await page.waitForFunction((from) => document.querySelector('video').currentTime > from + 1, from);
}

/** The titles of the videos a list page shows, in order. */
export async function titles(page) {
  return page.getByRole('main').getByRole('listitem').getByRole('heading').allInnerTexts();
}

/** What axe finds wrong with the page as it is now: for each rule how often, and the first place and reason. */
export async function violations(page) {
  await page.evaluate(AXE);
  const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  return found.violations.map(({ id, nodes }) => {
    const why = nodes[0].failureSummary.replace(/\s+/g, ' ');
    return `${id} (${nodes.length} times): ${nodes[0].html.slice(0, 200)}: ${why.slice(0, 300)}`;
  });
}

/** The page as a picture in target/screenshots, on a screen as long as the page, or as anybody looks at. */
export async function screenshot(page, name) {
  await mkdir(SCREENSHOTS, { recursive: true });
  const { width, height } = page.viewportSize();
  const length = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.setViewportSize({ width, height: Math.min(Math.max(height, length), LONGEST) });
  await page.screenshot({ path: path.join(SCREENSHOTS, `${name}.png`), animations: 'disabled' });
  await page.setViewportSize({ width, height });
}
