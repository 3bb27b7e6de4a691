// A real Prometheus server scrapes the real node and answers queries about it.

import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually, rpc, startNode } from './node.mjs';

const run = promisify(execFile);
const has = (program) => run(program, ['--version']).then(() => true, () => false);
const skip = (await has('prometheus')) ? false : 'there is no prometheus: scripts/setup --test installs it, as root';

/** A port that was free a moment ago: Prometheus does not tell which it took when it is to take any. */
async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Starts Prometheus on `targets`; tries again should another program have taken the port meanwhile. */
async function startPrometheus(target) {
  for (let attempt = 1; ; attempt++) {
    const folder = await mkdtemp(join(tmpdir(), 'ziver-prometheus-'));
    const config = { global: { scrape_interval: '1s' }, scrape_configs: [{ job_name: 'ziver', static_configs: [{ targets: [target] }] }] };
    // JSON is YAML.
    await writeFile(join(folder, 'prometheus.yml'), JSON.stringify(config));
    const url = `http://127.0.0.1:${await freePort()}`;
    const args = [`--config.file=${folder}/prometheus.yml`, `--storage.tsdb.path=${folder}/data`, `--web.listen-address=${url.slice(7)}`];
    const child = spawn('prometheus', args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let log = '';
    child.stderr.on('data', (chunk) => (log += chunk));
    let isOver = false;
    const exited = new Promise((resolve) => child.once('exit', resolve)).then(() => (isOver = true));
    const stop = async () => {
      child.kill('SIGTERM');
      await exited;
      await rm(folder, { recursive: true, force: true });
    };
    const isReady = () => isOver || fetch(`${url}/-/ready`).then((answer) => answer.ok, () => false);
    await eventually(isReady, { withinMs: 60_000, what: 'Prometheus' });
    if (!isOver) return { url, stop };
    await stop();
    if (attempt === 3) throw new Error(log);
  }
}

let node, prometheus;
before(async () => {
  if (skip) return;
  node = await startNode(['--sealing', 'interval=300', '--prometheus-port', '0']);
  prometheus = await startPrometheus(new URL(node.metrics).host);
});
after(async () => {
  await prometheus?.stop();
  await node?.stop();
});

/** The value of the one series that the query finds, once there is one. */
const ask = (query) =>
  eventually(async () => {
    const answer = await (await fetch(`${prometheus.url}/api/v1/query?${new URLSearchParams({ query })}`)).json();
    assert.equal(answer.status, 'success', JSON.stringify(answer));
    return answer.data.result.length > 0 && answer.data.result[0].value[1];
  }, { what: query });

test('height that Prometheus knows is the chain\'s', { skip }, async () => {
  assert.equal(await ask('up{job="ziver"}'), '1');
  const before = Number((await rpc(node, 'zx_blockNumber')).result);
  await eventually(async () => Number(await ask('ziver_block_height{status="best"}')) > before, { what: 'a newer height' });
  const best = Number(await ask('ziver_block_height{status="best"}'));
  const final = Number(await ask('ziver_block_height{status="finalized"}'));
  const now = Number((await rpc(node, 'zx_blockNumber')).result);
  assert.ok(best > before && best <= now && final <= best, `${before} ${best} ${now} ${final}`);
});

test('histograms and counters answer the dashboard\'s kind of question', { skip }, async () => {
  assert.ok(Number(await ask('sum(rate(ziver_blocks_total[1m]))')) >= 0);
  const build = Number(await ask('ziver_block_build_seconds_sum / ziver_block_build_seconds_count'));
  assert.ok(build > 0 && build < 10, `${build} s to build a block`);
  assert.ok(Number(await ask('sum by (method) (ziver_rpc_calls_total{method="zx_blockNumber",outcome="ok"})')) >= 1);
  assert.ok(Number(await ask('process_resident_memory_bytes')) > 1e6);
});
