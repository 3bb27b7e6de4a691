// A new user's walk: README, operator's guide and upgrade guide from a fresh clone on, each command as it stands there but for ports and folders.
//
// One thing is not as for that user: `cargo build --release` takes long, so it puts the program under test in its place. ZIVER_WALK_BUILD=1 lets it build.

import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { inline, marked } from './commands.mjs';
import { eventually, rpc } from './node.mjs';

const run = promisify(execFile);
const CHECKOUT = new URL('../../../../', import.meta.url).pathname;
const MAX_BUFFER_BYTES = 64 * 1024 * 1024;

let home, environment;
const clone = () => join(home, 'ziver');

/** The checkout as a repository to clone: what is committed, and what is not yet. */
async function repository() {
  const origin = join(home, 'origin');
  const git = (folder, ...args) => run('git', ['-C', folder, ...args], { env: environment, maxBuffer: MAX_BUFFER_BYTES });
  await git(home, 'clone', '-q', CHECKOUT, origin);
  const list = async (...which) => (await git(CHECKOUT, 'ls-files', '-z', '--exclude-standard', ...which)).stdout.split('\0').filter(Boolean);
  const deleted = await list('--deleted');
  for (const file of await list('--modified', '--others')) {
    if (deleted.includes(file)) await rm(join(origin, file), { force: true });
    else await cp(join(CHECKOUT, file), join(origin, file));
  }
  await git(origin, 'add', '--all');
  await git(origin, '-c', 'user.name=walk', '-c', 'user.email=walk@localhost', 'commit', '-q', '--allow-empty', '-m', 'as it is');
  return origin;
}

/** Programs that stand before the real ones: administrators' rights are not needed, and nothing is compiled twice. */
async function standIns() {
  const folder = join(home, 'stand-ins');
  await mkdir(folder);
  const cargo = (await run('bash', ['-c', 'command -v cargo'])).stdout.trim();
  const scripts = { sudo: 'exec "$@"' };
  if (!process.env.ZIVER_WALK_BUILD) {
    scripts.cargo = `case "$*" in "build --release") mkdir -p target/release && ln -sf '${process.env.ZIVER_HOST}' target/release/ziver-host ;; *) exec '${cargo}' "$@" ;; esac`;
  }
  for (const [name, script] of Object.entries(scripts)) {
    await writeFile(join(folder, name), `#!/bin/bash\n${script}\n`);
    await chmod(join(folder, name), 0o755);
  }
  return folder;
}

before(async () => {
  home = await mkdtemp(join(tmpdir(), 'ziver-walk-'));
  // Nothing of ours but the caches, and of git's settings only that the checkout may be another user's.
  const inherited = Object.entries(process.env).filter(([name]) => !/^(ZIVER_(?!CACHE)|XDG_(?!CACHE)|CARGO_TARGET_DIR|GIT_|NODE_)/.test(name));
  await writeFile(join(home, 'gitconfig'), '[safe]\n\tdirectory = *\n');
  for (const folder of ['usr/local/bin', 'etc/systemd/system', 'srv']) await mkdir(join(home, folder), { recursive: true });
  environment = {
    ...Object.fromEntries(inherited),
    GIT_CONFIG_GLOBAL: join(home, 'gitconfig'),
    XDG_DATA_HOME: join(home, 'data'),
    ZIVER_RPC_PORT: '0',
    PATH: [await standIns(), join(home, 'usr/local/bin'), process.env.PATH].join(':'),
  };
});
const running = new Set();
after(async () => {
  for (const child of running) process.kill(-child.pid, 'SIGKILL');
  await rm(home, { recursive: true, force: true });
});

/** The commands with folders that the test may write to, and a free port. */
function here(commands) {
  return commands.replaceAll(/(?<= )\/(usr\/local|etc\/systemd)\//g, `${home}/$1/`).replaceAll('--rpc-port 8547', '--rpc-port 0');
}

/** Runs commands to their end in a shell that stops at the first one that fails. */
async function shell(commands, folder = clone()) {
  return run('bash', ['-euo', 'pipefail', '-c', here(commands)], { cwd: folder, env: environment, maxBuffer: MAX_BUFFER_BYTES });
}

/** Runs commands whose last one is a node; `work` gets it when it listens. Then comes Ctrl-C, which must end it in order. */
async function whileItRuns(commands, work, folder = clone()) {
  const options = { cwd: folder, env: environment, stdio: ['ignore', 'pipe', 'pipe'], detached: true };
  const child = spawn('bash', ['-euo', 'pipefail', '-c', here(commands)], options);
  running.add(child);
  let log = '';
  let address;
  child.stderr.on('data', (chunk) => (log += chunk));
  createInterface({ input: child.stdout }).on('line', (line) => (address ??= /^listening on (\S+)$/.exec(line)?.[1]));
  const exited = new Promise((resolve) => child.once('close', resolve)).finally(() => running.delete(child));
  let code;
  exited.then((value) => (code = value));
  await eventually(() => address || code !== undefined, { withinMs: process.env.ZIVER_WALK_BUILD ? 3_600_000 : 120_000, what: 'the node' });
  assert.equal(code, undefined, log);
  const node = { http: `http://${address}`, address };
  await work({ ...node, best: async () => Number((await rpc(node, 'zx_blockNumber')).result) });
  // As a terminal does it: to the shell and to the node.
  process.kill(-child.pid, 'SIGINT');
  await exited;
  assert.equal(code, 0, log);
}

const blockAfter = (node, number) => eventually(async () => (await node.best()) > number, { what: `block ${number + 1}` });

test('operator\'s guide: the program is installed from a clone', async () => {
  const [install] = await marked('docs/operator.md', 'on a fresh machine');
  assert.match(install, /<this repository>/);
  await shell(install.replace('<this repository>', await repository()), home);
  assert.match((await shell('command -v ziver-host && ziver-host --version')).stdout, new RegExp(`^${home}/usr/local/bin/ziver-host\nziver-host \\d`));
});

test('README: scripts/run starts a chain, and goes on with it', async () => {
  const [start] = await marked('README.md', 'starts a node');
  const [curl] = await marked('README.md', 'while the node runs');
  let reached;
  await whileItRuns(start, async (node) => {
    // A new chain makes its first block at once, so one block would not tell an old chain.
    await blockAfter(node, 1);
    const { stdout } = await shell(curl.replace('127.0.0.1:8545', node.address));
    assert.equal(BigInt(JSON.parse(stdout).result) >= 10n ** 24n, true, stdout);
    reached = await node.best();
  });
  await whileItRuns(start, (node) => blockAfter(node, reached));
  const temporary = (await inline('README.md')).find((command) => command === 'scripts/run --tmp');
  await whileItRuns(temporary, async (node) => assert.ok((await node.best()) < reached));
});

test('scripts/run hands on every command, from any folder', async () => {
  assert.match((await shell('scripts/run check-chain')).stdout, /checked/);
  assert.match((await shell('scripts/run help run')).stdout, /--rpc-port/);
  assert.match((await shell('scripts/run --version')).stdout, /^ziver-host \d/);
  assert.match((await shell('scripts/run config check')).stdout, /right/);
  await shell('../ziver/scripts/run export-blocks blocks.json', join(home, 'srv'));
  assert.ok((await readFile(join(home, 'srv/blocks.json'), 'utf8')).length > 0);
  await assert.rejects(shell('scripts/run nonsense'), ({ code, stderr }) => code === 2 && /unrecognized subcommand 'nonsense'/.test(stderr));
});

test('operator\'s guide: first starts', async () => {
  const starts = await marked('docs/operator.md', 'starts a node');
  assert.equal(starts.length, 2);
  for (const start of starts) await whileItRuns(start, (node) => blockAfter(node, 0));
});

test('operator\'s guide: the unit is installed and starts what was installed', async () => {
  const [, unit] = await marked('docs/operator.md', 'on a fresh machine');
  await shell(unit);
  const text = await readFile(join(home, 'etc/systemd/system/ziver.service'), 'utf8');
  const [, start] = /^ExecStart=(.*)$/m.exec(text);
  const variables = [...text.matchAll(/^Environment=(.*)$/gm)].map(([, one]) => one.replace('/var/lib/', `${home}/srv/service-`));
  await whileItRuns(`exec env ${variables.join(' ')} ${here(` ${start}`)}`, (node) => blockAfter(node, 0));
});

test('upgrade guide: the runtime is built, and a rehearsal goes on from the chain\'s state', async () => {
  const [build] = await marked('docs/upgrades.md', 'on a fresh machine');
  const { stdout } = await shell(build);
  assert.match(stdout, /^0x[0-9a-f]{64} \S*\/ziver-runtime\.wasm\n$/);
  const blob = '0x' + (await readFile(join(clone(), 'ziver-runtime.wasm'))).toString('hex');
  const [rehearsal] = await marked('docs/upgrades.md', 'starts a node');
  await whileItRuns(rehearsal, async (node) => {
    const reached = await node.best();
    assert.ok(reached > 0, 'it begins where the chain is');
    assert.ok((await rpc(node, 'engine_createBlock', [true, true])).result.hash);
    assert.equal(await node.best(), reached + 1);
    // The same sources give the same bytes in every folder.
    assert.equal((await rpc(node, 'state_getStorage', ['0x3a636f6465'])).result, blob);
  });
});
