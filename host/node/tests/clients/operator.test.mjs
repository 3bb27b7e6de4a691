// The commands of the operator's guide, as they stand there, but for the ports.

import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { marked } from './commands.mjs';
import { eventually, rpc } from './node.mjs';

const HOST = process.env.ZIVER_HOST;
const run = promisify(execFile);
const blocks = (mark) => marked('docs/operator.md', mark);

let folder, environment;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ziver-guide-'));
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('ZIVER_') && !name.startsWith('XDG_'));
  environment = { ...Object.fromEntries(inherited), HOME: folder, PATH: `${dirname(HOST)}:${process.env.PATH}` };
});
after(() => rm(folder, { recursive: true, force: true }));

/** Runs commands with a shell that stops at the first one that fails. */
async function shell(text) {
  return run('bash', ['-euo', 'pipefail', '-c', text], { cwd: folder, env: environment });
}

/** The node of the guide, on free ports; ends in order. */
async function whileItRuns(work) {
  const args = ['run', '--rpc-port', '0', '--prometheus-port', '0', '--sealing', 'interval=100'];
  const child = spawn(HOST, args, { cwd: folder, env: environment, stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const ports = {};
  createInterface({ input: child.stdout }).on('line', (line) => {
    const [, name, address] = /^(listening|metrics) on (?:http:\/\/)?([0-9.:]+)/.exec(line) ?? [];
    if (name) ports[name] = address;
  });
  try {
    await eventually(() => ports.listening && ports.metrics, { withinMs: 120_000, what: 'the node' });
    await work(ports);
  } finally {
    child.kill('SIGTERM');
    assert.equal(await exited, 0);
  }
}

test('what the guide does while the node runs works', async () => {
  await whileItRuns(async ({ listening, metrics }) => {
    await eventually(async () => Number((await rpc({ http: `http://${listening}` }, 'zx_blockNumber')).result) > 8, { what: 'some blocks' });
    for (const block of await blocks('while the node runs')) {
      const { stdout } = await shell(block.replaceAll('127.0.0.1:8545', listening).replaceAll('127.0.0.1:9615', metrics));
      assert.ok(stdout.length > 0, block);
    }
  });
});

test('what the guide does while the node is stopped works, in its order', async () => {
  for (const block of await blocks('while the node is stopped')) await shell(block);
  assert.match((await shell('cat blocks.json | head -c 200')).stdout, /\{/);
  // The chain is gone at the end.
  await assert.rejects(shell('ziver-host check-chain'), /there is no chain in/);
});
