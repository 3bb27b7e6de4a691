// The guide for those who write contracts, from the first command to the last, but for the port and where the programs lie.

import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { marked, page } from './commands.mjs';
import { startNode } from './node.mjs';

const GUIDE = 'docs/contract-guide.md';
const PROGRAMS = dirname(process.env.ZIVER_HOST);
const run = promisify(execFile);

let node, folder;
before(async () => {
  node = await startNode();
  folder = await mkdtemp(join(tmpdir(), 'ziver-contract-guide-'));
});
after(async () => {
  await node?.stop({ check: true });
  await rm(folder, { recursive: true, force: true });
});

test('commands of the guide make, test and call its contract', async () => {
  const commands = (await marked(GUIDE, 'while the node runs')).join('\n');
  assert.ok(commands.includes('$PWD/target/release'));
  // One shell, as a reader has; the node is asked where it listens.
  const asked = `ziver-host() { command ziver-host "$@" --url ${node.ws}; }\n`;
  const script = asked + commands.replace('$PWD/target/release', PROGRAMS);
  const { stdout, stderr } = await run('bash', ['-euo', 'pipefail', '-c', script], { cwd: folder });
  const said = stdout + stderr;
  assert.match(said, /2 passed|2 tests/, said);
  assert.match(stdout, /1500000000000000000/, 'what Baltathar gave');
  for (const event of ['Saved', 'Broken']) assert.ok(stdout.includes(event), stdout);
});

test('program of the guide deploys the same contract', async () => {
  const [, program] = /```js\n([\s\S]*?)```/.exec(await page(GUIDE));
  await symlink(new URL('node_modules', import.meta.url).pathname, join(folder, 'node_modules'));
  await writeFile(join(folder, 'piggy.mjs'), program.replace('127.0.0.1:8545', node.address));
  const { stdout } = await run(process.execPath, ['piggy.mjs'], { cwd: folder });
  assert.match(stdout, /^Piggy::Saved 0x[0-9a-fA-F]{40} 1000000000000000000 1000000000000000000$/m);
  assert.match(stdout, /^Alith has put in 1000000000000000000$/m);
});
