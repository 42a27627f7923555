// Measures pages, lists, searches, bulk changes and live updates of a running program, and prints rows of a Markdown table.
//
//   node pages.js URL_OF_333_VIDEOS URL_OF_100000_VIDEOS URL_WITH_CLIPS
//
// Nothing is asserted; goals are in docs/PERFORMANCE.md. Called by ./run, which starts the servers.

import http from 'node:http';
import { brotliDecompressSync } from 'node:zlib';
import { spawn } from 'node:child_process';

const [small, large, clips] = process.argv.slice(2);
const ROUNDS = 5;
const STREAMS = 200;

const row = (...cells) => console.log(`| ${cells.join(' | ')} |`);
const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
const ms = (number) => `${number.toFixed(1)} ms`;
const agent = new http.Agent({ keepAlive: true });

/** The answer to a request: its body as sent, and how long it took from sending to the last byte. */
const ask = (url, { method = 'GET', headers = {}, body } = {}) =>
  new Promise((resolve, reject) => {
    const started = performance.now();
    const request = http.request(url, { method, headers, agent }, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('end', () => {
        const took = performance.now() - started;
        if (answer.statusCode >= 400) reject(new Error(`${method} ${url} answered ${answer.statusCode}: ${Buffer.concat(parts)}`));
        resolve({ took, body: Buffer.concat(parts), headers: answer.headers });
      });
    });
    request.on('error', reject);
    request.end(body);
  });

const packed = { 'Accept-Encoding': 'br' };
const form = (fields) => ({
  method: 'POST',
  headers: { 'Content-Type': 'application/x-www-form-urlencoded', Accept: 'application/json' },
  body: new URLSearchParams(fields).toString(),
});

/** The names of the files in static/ that this text names, as a page or as a module. */
const named = (text) => [...text.matchAll(/(?:static(?:\/|&#x2f;)[0-9a-f]{16}(?:\/|&#x2f;)|from "\.\/|import\("\.\/|import "\.\/)([a-z-]+\.(?:css|js))/g)].map(([, name]) => name);

/** What the page at `path` weighs, and all style sheets and scripts that it loads. */
async function weight(name, path) {
  const page = await ask(small + path, { headers: packed });
  const html = brotliDecompressSync(page.body).toString();
  const [, fingerprint] = html.match(/static(?:\/|&#x2f;)([0-9a-f]+)/);
  const waiting = named(html);
  const files = new Map();
  while (waiting.length > 0) {
    const file = waiting.pop();
    if (files.has(file)) continue;
    const { body } = await ask(`${small}/static/${fingerprint}/${file}`, { headers: packed });
    files.set(file, body.length);
    waiting.push(...named(brotliDecompressSync(body).toString()));
  }
  const sum = [...files.values()].reduce((sum, size) => sum + size, 0);
  row(name, `${page.body.length} bytes of HTML, brotli`, `${html.length} bytes plain`, `${sum} bytes of CSS and JavaScript in ${files.size} files, brotli`);
}

/** Asks for each address once, so that no page is at hand, and reports the median and the worst. */
async function each(name, addresses) {
  await ask(`${large}/?per_page=1`);
  const times = [];
  for (const address of addresses) times.push([(await ask(large + address, { headers: packed })).took, address]);
  const [worst, where] = times.toSorted((a, b) => b[0] - a[0])[0];
  row(`${name}, 100,000 videos, ${times.length} addresses`, `median ${ms(median(times.map(([took]) => took)))}`, `worst ${ms(worst)}`, `\`${where}\``);
}

async function lists() {
  const sorts = ['added', 'title', 'rating', 'views', 'duration', 'size', 'watched', 'random&seed=7'];
  const filters = ['', 'rating:>=4', 'is:favorite', 'is:unwatched', 'views:>3', 'duration:<10m', 'added:<365d', '-is:favorite rating:none'];
  const addresses = filters.flatMap((q) =>
    sorts.flatMap((sort) => [1, 500].map((page) => `/?q=${encodeURIComponent(q)}&sort=${sort}&page=${page}`)),
  );
  await each('a filter and a sort', addresses);
}

async function searches() {
  const titles = [...(await ask(`${large}/`)).body.toString().matchAll(/<h2><a [^>]*title="([^"]+)"/g)].map(([, title]) => title);
  const words = [...new Set(titles.flatMap((title) => title.split(/[^a-z]+/i)).filter((word) => word.length > 3))].slice(0, 20);
  const pairs = words.slice(1).map((word, i) => `${words[i]} ${word}`);
  const all = [...words, ...pairs, ...words.slice(0, 5).map((word) => `"${word}" -zzz`), 'a', 'e', 'mp4', `${words[0]}x`, 'qwertzuiop'];
  await each('a search', all.map((q) => `/search?q=${encodeURIComponent(q)}`));
}

async function bulk() {
  const { videos } = JSON.parse((await ask(`${large}/select?from=${encodeURIComponent('/?q=views:>=0')}`)).body);
  const times = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const body = JSON.stringify({ videos: videos.slice(0, 5000), add: [`bulk ${Date.now()} ${round}`] });
    const headers = { 'Content-Type': 'application/json', Accept: 'application/json' };
    const answer = await ask(`${large}/edits`, { method: 'POST', headers, body });
    if (JSON.parse(answer.body).videos !== 5000) throw new Error(`not 5,000 videos: ${answer.body}`);
    times.push(answer.took);
  }
  row('a tag for 5,000 of 100,000 videos, durable', `median ${ms(median(times))}`, `worst ${ms(Math.max(...times))}`, '');
}

async function fanOut() {
  let heard = () => {};
  const streams = Array.from({ length: STREAMS }, () => new Promise((resolve, reject) => {
    const request = http.get(`${small}/api/v1/events`, { agent: false }, (answer) => {
      answer.on('data', (part) => part.includes('rating.') && heard());
      resolve(request);
    });
    request.on('error', (error) => request.destroyed || reject(error));
  }));
  const open = await Promise.all(streams);
  const [answered, last] = [[], []];
  for (let round = 0; round < 2 * ROUNDS; round += 1) {
    const started = performance.now();
    const all = new Promise((resolve) => {
      let left = STREAMS;
      heard = () => { left -= 1; if (left === 0) resolve(performance.now() - started); };
    });
    answered.push((await ask(`${small}/videos/1/rating`, form({ stars: 1 + (round % 5) }))).took);
    last.push(await all);
  }
  open.forEach((request) => request.destroy());
  row(`a rating on ${STREAMS} streams, the last one`, `median ${ms(median(last))}`, `worst ${ms(Math.max(...last))}`, `its sender is answered after ${ms(median(answered))}`);
}

/** Runs Lighthouse in a process of its own and reads its report. */
async function lighthouse(name, url) {
  const flags = ['--no-sandbox', '--headless=new', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--no-first-run'];
  const options = ['--quiet', '--output=json', '--only-categories=performance,accessibility,best-practices', `--chrome-flags=${flags.join(' ')}`];
  for (const preset of [['phone', []], ['desk', ['--preset=desktop']]]) {
    const args = [new URL('node_modules/lighthouse/cli/index.js', import.meta.url).pathname, url, ...options, ...preset[1]];
    const child = spawn(process.execPath, args, { env: { ...process.env, CHROME_PATH: '/usr/bin/chromium' }, stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (part) => (text += part));
    await new Promise((resolve) => child.on('close', resolve));
    const report = JSON.parse(text);
    const score = (category) => `${category} ${Math.round(report.categories[category].score * 100)}`;
    const failed = Object.values(report.audits).filter(({ score, scoreDisplayMode }) => score === 0 && scoreDisplayMode === 'binary').map(({ id }) => id);
    row(`Lighthouse, ${name}, ${preset[0]}`, score('performance'), `${score('accessibility')}, ${score('best-practices')}`, failed.join(', '));
  }
}

await weight('home with 60 cards', '/');
await weight('watch', '/watch/1');
await lists();
await searches();
await bulk();
await fanOut();
await lighthouse('home', `${clips}/`);
await lighthouse('watch', `${clips}/watch/1`);
agent.destroy();
