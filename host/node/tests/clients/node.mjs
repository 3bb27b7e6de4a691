// Starts the real ziver-host on a free port with a folder of its own, and joins @polkadot/api to it.

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { ApiPromise, Keyring, WsProvider } from '@polkadot/api';

const HOST = process.env.ZIVER_HOST;
if (!HOST) throw new Error('ZIVER_HOST must name the ziver-host to test');

const START_MAX_MS = 120_000;
/** How long a transaction may take to its wished status. */
const SEND_MAX_MS = 120_000;

// The well-known development keys, which dev.json endows.
export const KEYS = {
  alith: '0x5fb92d6e98884f76de468fa3f6278f8807c48bebc13595d45af5bdc4da702133',
  baltathar: '0x8075991ce870b93a8870eca0c0f91913d12f47948ca0fd25b49c6fa7cdbeee8b',
  charleth: '0x0b6e18cafb6ed99687ec547bd28139cafdd2bffe70e6b688025de6b445aa5c5b',
  dorothy: '0x39539ab1876910bbf3a223d84a29e28f1cb4e2e456503e7e91ed39b2e7223d68',
  ethan: '0x7dce9bc8babb68fec1409be38c8e1a52650206a7ed90ff956ae8a6d15eeaaef4',
  faith: '0xb9d2ea9a615f3165812e8d44de0d24da9bbd164b65c4f0573e1ce2c8dbd9c8df',
};

const keyring = new Keyring({ type: 'ethereum' });
export const accounts = Object.fromEntries(Object.entries(KEYS).map(([name, key]) => [name, keyring.addFromUri(key)]));

/** A fresh account without money. */
export function stranger() {
  return keyring.addFromUri('0x' + randomBytes(32).toString('hex'));
}

/** Starts a node; `args` are added to its command line, and `port` is one that was free a moment ago. */
export async function startNode(args = ['--sealing', 'interval=300'], port = 0) {
  const folder = await mkdtemp(join(tmpdir(), 'ziver-clients-'));
  let running = await launch(folder, port, args);
  const { address } = running;
  const apis = [];
  return {
    address,
    ws: `ws://${address}`,
    http: `http://${address}`,
    /** Where Prometheus asks, if --prometheus-port is among the arguments. */
    metrics: running.metrics,
    log: () => running.log(),
    /** A connected @polkadot/api; it is disconnected with the node. */
    async api(options = {}) {
      const api = await ApiPromise.create({ provider: new WsProvider(`ws://${address}`), noInitWarn: true, ...options });
      apis.push(api);
      return api;
    },
    /** Ends the node as an operator would, or by `SIGKILL`, and starts it again on the same folder and port. */
    async restart(signal) {
      await running.end(signal);
      running = await launch(folder, address.split(':')[1], args);
    },
    /** Ends the node as an operator would; with `check`, every block is executed again. The folder is removed. */
    async stop({ check = false } = {}) {
      for (const api of apis) await api.disconnect().catch(() => {});
      const { log } = running;
      const code = await running.end();
      const checked = code === 0 && check ? await run(['check-chain', '--chain', 'dev', '--base-path', folder]) : null;
      await rm(folder, { recursive: true, force: true });
      if (code !== 0) throw new Error(`ziver-host ended with ${code}:\n${log()}`);
      if (checked?.code) throw new Error(`check-chain ended with ${checked.code}:\n${checked.text}`);
    },
  };
}

/** Starts ziver-host; resolves when it listens. */
async function launch(folder, port, args) {
  const child = spawn(HOST, ['--chain', 'dev', '--base-path', folder, '--rpc-port', `${port}`, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  child.stderr.on('data', (chunk) => (log += chunk));
  const exited = new Promise((resolve) => child.once('exit', resolve));
  process.once('exit', () => child.kill('SIGKILL'));
  let isRunning = false;
  // Clients would try for ever to join a node that is gone.
  exited.then((code) => {
    if (!isRunning) return;
    console.error(`ziver-host ended by itself with ${code}:\n${log}`);
    process.exit(1);
  });
  let metrics = null;
  const address = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no port after ${START_MAX_MS} ms:\n${log}`)), START_MAX_MS);
    createInterface({ input: child.stdout }).on('line', (line) => {
      metrics = /^metrics on (\S+)$/.exec(line)?.[1] ?? metrics;
      const found = /^listening on (\S+)$/.exec(line);
      if (found) {
        clearTimeout(timer);
        resolve(found[1]);
      }
    });
    exited.then((code) => reject(new Error(`ziver-host ended with ${code}:\n${log}`)));
  });
  isRunning = true;
  return {
    address,
    metrics,
    log: () => log,
    end(signal = 'SIGTERM') {
      isRunning = false;
      child.kill(signal);
      return exited;
    },
  };
}

/** Runs ziver-host to its end. */
async function run(args) {
  const child = spawn(HOST, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  child.stdout.on('data', (chunk) => (text += chunk));
  child.stderr.on('data', (chunk) => (text += chunk));
  const code = await new Promise((resolve) => child.once('close', resolve));
  return { code, text };
}

/**
 * The next version of the runtime: the file that $ZIVER_UPGRADED names, else the newest that was built beside the
 * ziver-host under test (cargo's feature `upgraded` of ziver-wasm, which the tests of ziver-node turn on).
 */
export async function upgradedRuntime() {
  if (process.env.ZIVER_UPGRADED) return readFile(process.env.ZIVER_UPGRADED);
  const builds = join(dirname(HOST), 'build');
  const found = [];
  for (const name of await readdir(builds).catch(() => [])) {
    const file = join(builds, name, 'out', 'runtime-upgraded.wasm');
    const made = await stat(file).catch(() => null);
    if (made) found.push({ file, time: made.mtimeMs });
  }
  if (found.length === 0) throw new Error(`no runtime-upgraded.wasm in ${builds}; name one with ZIVER_UPGRADED`);
  found.sort((a, b) => b.time - a.time);
  return readFile(found[0].file);
}

/** One JSON-RPC call over HTTP; the whole answer. */
export async function rpc(node, method, params = []) {
  const response = await fetch(node.http, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });
  return response.json();
}

/** Signs and sends; resolves at the wished status, or when it is final, with all statuses on the way and the events of the transaction. */
export function send(call, signer, { until = 'finalized', onStatus = () => {}, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const statuses = [];
    let unsubscribe;
    const end = (settle, outcome) => {
      clearTimeout(timer);
      unsubscribe?.();
      settle(outcome);
    };
    const timer = setTimeout(() => end(reject, new Error(`no ${until} after ${SEND_MAX_MS} ms, only ${statuses}`)), SEND_MAX_MS);
    // It alone keeps no process alive.
    timer.unref();
    call
      .signAndSend(signer, options, (result) => {
        statuses.push(result.status.type.toLowerCase());
        onStatus(statuses.at(-1));
        const ended = result.isError || result.status.isUsurped;
        if (ended) {
          end(reject, new Error(`transaction ended as ${result.status.type}`));
        } else if (result.status.type.toLowerCase() === until.toLowerCase() || result.status.isFinalized) {
          // The client may pass over a status that is quickly followed by the next, and nothing comes after the last one.
          end(resolve, {
            statuses,
            events: result.events,
            dispatchError: result.dispatchError,
            block: result.status.isFinalized ? result.status.asFinalized : result.status.isInBlock ? result.status.asInBlock : null,
          });
        }
      })
      .then((stop) => (unsubscribe = stop), (error) => end(reject, error));
  });
}

/** Resolves when `condition` answers something true; fails after a while. */
export async function eventually(condition, { withinMs = 30_000, what = 'the condition' } = {}) {
  const end = Date.now() + withinMs;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > end) throw new Error(`${what} did not come true within ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Names of the events, as pallet.Event. */
export const names = (events) => events.map(({ event }) => `${event.section}.${event.method}`);

export const free = async (api, account) => (await api.query.system.account(account.address ?? account)).data.free.toBigInt();

export const nonceOf = async (api, account) => (await api.query.system.account(account.address)).nonce.toNumber();

export const ZIV = 10n ** 18n;
