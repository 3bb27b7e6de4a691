// What the README shows is what works: its transfer and its curl, run as they stand there but for the port.

import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { marked, page } from './commands.mjs';
import { rpc, startNode } from './node.mjs';

const BALTATHAR = '0x3Cd0A705a2DC65e5b1E1205896BaA2be8A07c6e0';
const folder = new URL('.', import.meta.url);
const run = promisify(execFile);

let node, readme;
before(async () => {
  node = await startNode();
  readme = await page('README.md');
});
after(() => node?.stop());

test('transfer of the README moves money', async () => {
  const [, script] = /```js\n([\s\S]*?)```/.exec(readme);
  assert.ok(script.includes('127.0.0.1:8545'));
  // Beside the installed client, where Node.js looks for it.
  const file = new URL(`readme-${process.pid}.mjs`, folder);
  const balance = async () => BigInt((await rpc(node, 'zx_getBalance', [BALTATHAR])).result);
  const before = await balance();
  await writeFile(file, script.replace('127.0.0.1:8545', node.address));
  try {
    const { stdout } = await run(process.execPath, [file.pathname]);
    assert.match(stdout, /^final in 0x[0-9a-f]{64}\n$/);
  } finally {
    await rm(file);
  }
  assert.equal((await balance()) - before, 10n ** 18n);
});

test('curl of the README answers a balance', async () => {
  const [curl] = await marked('README.md', 'while the node runs');
  const { stdout } = await run('bash', ['-euc', curl.replace('127.0.0.1:8545', node.address)]);
  assert.match(JSON.parse(stdout).result, /^0x[1-9a-f][0-9a-f]*$/);
});
