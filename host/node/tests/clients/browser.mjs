// Drives a headless Chromium over its DevTools protocol.

import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from './node.mjs';

const run = promisify(execFile);
// Of @polkadot/api's own dependencies; Node.js 18 and 20 have no WebSocket of their own.
const WebSocket = globalThis.WebSocket ?? createRequire(createRequire(import.meta.url).resolve('@polkadot/x-ws'))('ws');

/** The browser's program, or null. */
export async function findBrowser() {
  for (const name of [process.env.CHROMIUM, 'chromium', 'chromium-browser', 'google-chrome'].filter(Boolean)) {
    if (await run(name, ['--version']).then(() => true, () => false)) return name;
  }
  return null;
}

/** Opens an empty page in a browser of its own. */
export async function openPage(program, { width = 1280, height = 900, dark = false } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'ziver-browser-'));
  // Whoever runs tests as root, or in a container, has no sandbox; no page but ours is opened.
  const args = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--remote-debugging-port=0', `--user-data-dir=${folder}`, `--window-size=${width},${height}`, 'about:blank'];
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  child.stderr.on('data', (chunk) => (log += chunk));
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const end = async () => {
    child.kill('SIGKILL');
    await exited;
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const devtools = await eventually(() => /DevTools listening on ws:\/\/([^/]+)/.exec(log)?.[1], { withinMs: 60_000, what: 'Chromium' });
    const [target] = (await (await fetch(`http://${devtools}/json/list`)).json()).filter(({ type }) => type === 'page');
    const socket = new WebSocket(target.webSocketDebuggerUrl);
    await new Promise((resolve, reject) => { socket.onopen = resolve; socket.onerror = reject; });
    return await page(socket, end, { width, height, dark });
  } catch (error) {
    await end();
    throw new Error(`${error.message}\n${log}`);
  }
}

async function page(socket, end, { width, height, dark }) {
  let id = 0;
  const waiting = new Map();
  const requests = [];
  const problems = [];
  socket.onmessage = ({ data }) => {
    const { id, method, params, result, error } = JSON.parse(data);
    if (method === 'Network.requestWillBeSent') requests.push(params.request.url);
    if (method === 'Network.webSocketCreated') requests.push(params.url);
    if (method === 'Runtime.exceptionThrown') problems.push(params.exceptionDetails.exception?.description ?? params.exceptionDetails.text);
    if (method === 'Log.entryAdded' && params.entry.level === 'error') problems.push(`${params.entry.text} ${params.entry.url ?? ''}`);
    if (!waiting.has(id)) return;
    const { resolve, reject } = waiting.get(id);
    waiting.delete(id);
    if (error) reject(new Error(error.message));
    else resolve(result);
  };
  const send = (method, params = {}) => new Promise((resolve, reject) => {
    waiting.set(++id, { resolve, reject });
    socket.send(JSON.stringify({ id, method, params }));
  });
  for (const domain of ['Page', 'Runtime', 'Network', 'Log']) await send(`${domain}.enable`);
  await send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: width < 600 });
  await send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }] });
  const evaluate = async (expression) => {
    const { result, exceptionDetails } = await send('Runtime.evaluate', { expression, returnByValue: true, awaitPromise: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  };
  return {
    /** Addresses that the page asked for, and errors that it had. */
    requests, problems, evaluate,
    goto: (url) => send('Page.navigate', { url }),
    /** The text that people see. */
    // Empty while another page is being loaded.
    text: () => evaluate('document.body?.innerText ?? ""'),
    /** Writes into the field that a selector finds. */
    async type(selector, text) {
      await evaluate(`(() => { const field = document.querySelector(${JSON.stringify(selector)}); field.focus(); field.value = ${JSON.stringify(text)}; })()`);
    },
    submit: (selector) => evaluate(`document.querySelector(${JSON.stringify(selector)}).requestSubmit()`),
    async screenshot() {
      return Buffer.from((await send('Page.captureScreenshot', { format: 'png' })).data, 'base64');
    },
    async close() {
      socket.close();
      await end();
    },
  };
}
