// No command of the documentation escapes the tests: each is run by one, or stands here with the reason why not.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { blocks, inline, page } from './commands.mjs';

/** Pages, and the marks of their blocks that a test runs; where it is undefined, those without a mark. */
const PAGES = {
  'README.md': ['starts a node', 'while the node runs'],
  'docs/operator.md': ['on a fresh machine', 'starts a node', 'while the node runs', 'while the node is stopped'],
  'docs/upgrades.md': ['on a fresh machine', 'starts a node'],
  'docs/clients.md': ['while the node runs'],
  // guide.test.mjs; what starts the node is in a sentence of the README, too.
  'docs/contract-guide.md': ['starts a node', 'while the node runs'],
  // Whole, by `commands_of_the_guide_do_what_it_says` of the Rust tests.
  'docs/command-line.md': [undefined],
};

const NOT_RUN = {
  'scripts/test': 'runs this test',
  'node transfer.mjs': 'readme.test.mjs runs the program, on a port of its own',
  'node piggy.mjs': 'guide.test.mjs runs the program, on a port of its own',
  'sudo systemctl daemon-reload': 'needs systemd as the first process; the Rust tests let systemd-analyze judge the unit',
  'sudo systemctl enable --now ziver': 'as above',
  'journalctl -fu ziver': 'as above',
};

/** Commands within sentences, and what runs them. */
const INLINE = {
  'scripts/run': 'walk.test.mjs',
  'scripts/run --tmp': 'walk.test.mjs',
  'scripts/run COMMAND': 'walk.test.mjs, with check-chain',
  'scripts/test': 'runs this test',
  'scripts/test quick': 'runs the tests that would run it',
  'scripts/test-clients': 'runs this test',
  'ziver-host run': 'walk.test.mjs',
  'ziver-host help COMMAND': 'walk.test.mjs, with run',
  'ziver-host check-chain': 'operator.test.mjs',
  'ziver-host revert': 'operator.test.mjs',
  'ziver-host query blocks --watch': 'the Rust tests of `query`, without a terminal',
  'ziver-host tx set-code runtime.wasm': 'the Rust tests of `tx`',
  'ziver-host contract': 'its Rust tests, and guide.test.mjs',
};

/** Languages of blocks that hold no commands. */
const OTHER_LANGUAGES = ['js', 'python', 'rust', 'yaml', 'toml'];

const lines = (code) => code.trimEnd().split('\n');

/** Installations name the versions that the tests install. */
async function isInstalledByTheTests(command) {
  const [, program, packages] = /^(npm|pip) install (.*)$/.exec(command) ?? [];
  if (!program) return false;
  const folder = new URL('.', import.meta.url);
  const { dependencies } = JSON.parse(await readFile(new URL('package.json', folder), 'utf8'));
  const python = ['substrate-interface', 'async-substrate-interface'];
  const required = (await Promise.all(python.map((name) => readFile(new URL(`python/requirements-${name}.txt`, folder), 'utf8')))).join('\n').split('\n');
  return packages.split(' ').every((wanted) => {
    if (program === 'pip') return required.includes(wanted.replaceAll('"', '').replace(/\[.*\]/, ''));
    const at = wanted.lastIndexOf('@');
    return dependencies[wanted.slice(0, at)] === wanted.slice(at + 1);
  });
}

for (const [file, run] of Object.entries(PAGES)) {
  test(`each block of commands in ${file} is run, or known not to be`, async () => {
    const shell = [];
    for (const { language, mark, code } of await blocks(file)) {
      if (OTHER_LANGUAGES.includes(language)) continue;
      assert.equal(language, 'sh', `a block of commands is marked as sh:\n${code}`);
      shell.push(code);
      if (run.includes(mark)) continue;
      assert.equal(mark, 'not run by a test', `who runs this?\n${code}`);
      for (const line of lines(code)) assert.ok(line in NOT_RUN || (await isInstalledByTheTests(line)), `why is this not run? ${line}`);
    }
    assert.ok(shell.length > 0);
  });

  test(`no command in ${file} hides in an indented block`, async () => {
    const text = (await page(file)).replaceAll(/^ *```[\s\S]*?^ *```$/gm, '');
    assert.deepEqual(text.match(/\n\n {4,}\S.*/g), null);
    assert.equal(text.includes('```'), false, 'a block does not end');
  });

  test(`each command in a sentence of ${file} is known`, async () => {
    for (const command of await inline(file)) assert.ok(command in INLINE, `who runs this? ${command}`);
  });
}

test('no reason outlives its command', async () => {
  const files = Object.keys(PAGES);
  const all = (await Promise.all(files.map(blocks))).flat().filter(({ mark }) => mark === 'not run by a test');
  const unused = Object.keys(NOT_RUN).filter((command) => !all.some(({ code }) => lines(code).includes(command)));
  const sentences = (await Promise.all(files.map(inline))).flat();
  assert.deepEqual([...unused, ...Object.keys(INLINE).filter((command) => !sentences.includes(command))], []);
});
