// The programs of docs/clients.md and docs/upgrades.md for JavaScript and the shell, run as they stand there but for the port.

import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { marked } from './commands.mjs';
import { KEYS, rpc, startNode, upgradedRuntime } from './node.mjs';

const folder = new URL('.', import.meta.url);
const run = promisify(execFile);
const MAX_BUFFER_BYTES = 16 * 1024 * 1024;

/** The blocks of code of one language. */
async function programs(file, language) {
  const text = await readFile(new URL(`../../../../docs/${file}`, folder), 'utf8');
  return [...text.matchAll(new RegExp('^```' + language + '\\n([\\s\\S]*?)^```', 'gm'))].map(([, program]) => program);
}

const at = (node, program) => {
  assert.ok(program.includes('127.0.0.1:8545'), 'the program names the node');
  return program.replaceAll('127.0.0.1:8545', node.address);
};

/** Runs a program beside the installed libraries, where Node.js looks for them; what it printed. */
async function runProgram(node, program, args = []) {
  const file = new URL(`docs-${process.pid}.mjs`, folder);
  await writeFile(file, at(node, program));
  try {
    return (await run(process.execPath, [file.pathname, ...args], { maxBuffer: MAX_BUFFER_BYTES })).stdout;
  } finally {
    await rm(file);
  }
}

describe('clients.md', () => {
  let node;
  before(async () => (node = await startNode(['--sealing', 'interval=200'])));
  after(() => node?.stop());

  for (const [i, library] of ['@polkadot/api', 'polkadot-api', 'dedot'].entries()) {
    test(`program of ${library} shows the balance and the events of its transfer`, async () => {
      const all = await programs('clients.md', 'js');
      assert.equal(all.length, 3);
      assert.ok(all[i].includes(`from '${library}'`));
      const printed = await runProgram(node, all[i]);
      assert.match(printed, /^free: \d{20,}$/m);
      assert.match(printed, /^balances\.transfer\b/im);
      assert.match(printed, /^system\.extrinsicSuccess\b/im);
    });
  }

  test('commands of curl are answered', async () => {
    const [balance, batch] = await marked('docs/clients.md', 'while the node runs');
    const shell = async (command) => JSON.parse((await run('bash', ['-c', at(node, command)])).stdout);
    assert.match((await shell(balance)).result, /^0x[0-9a-f]+$/);
    assert.deepEqual((await shell(batch)).map(({ id }) => id).sort(), [1, 2]);
  });
});

describe('upgrades.md', () => {
  const version = async (node) => (await rpc(node, 'state_getRuntimeVersion')).result.specVersion;
  let files;
  before(async () => {
    files = await mkdtemp(join(tmpdir(), 'ziver-docs-'));
    await writeFile(join(files, 'new.wasm'), await upgradedRuntime());
  });
  after(() => rm(files, { recursive: true }));

  test('sudo brings the new runtime, and the old one back', async () => {
    const node = await startNode(['--sealing', 'interval=200', '--state-pruning', 'archive']);
    try {
      const [bySudo, , back] = await programs('upgrades.md', 'js');
      const old = (await rpc(node, 'state_getStorage', ['0x3a636f6465'])).result;
      await writeFile(join(files, 'old.wasm'), Buffer.from(old.slice(2), 'hex'));
      assert.match(await runProgram(node, bySudo, [join(files, 'new.wasm'), KEYS.alith]), /^final in 0x\w+\nnow version 2$/m);
      // What is no successor is refused, and the program says so.
      await assert.rejects(runProgram(node, bySudo, [join(files, 'old.wasm'), KEYS.alith]), /Error/);
      assert.equal(await version(node), 2);
      assert.match(await runProgram(node, back, [join(files, 'old.wasm'), KEYS.alith]), /^now version 1$/m);
    } finally {
      await node.stop({ check: true });
    }
  });

  test('authorised code is brought by anybody', async () => {
    const node = await startNode(['--sealing', 'interval=200', '--state-pruning', 'archive']);
    try {
      const [, authorize] = await programs('upgrades.md', 'js');
      const printed = await runProgram(node, authorize, [join(files, 'new.wasm'), KEYS.alith, KEYS.faith]);
      assert.match(printed, /^authorized 0x[0-9a-f]{64}$/m);
      assert.match(printed, /^now version 2$/m);
      assert.equal(await version(node), 2);
    } finally {
      await node.stop({ check: true });
    }
  });
});
