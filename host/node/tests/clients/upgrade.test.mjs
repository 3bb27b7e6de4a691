// A running node gets a new runtime by sudo(system.setCode); the same client object goes on.

import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { accounts, eventually, names, send, startNode, upgradedRuntime, ZIV } from './node.mjs';

const BLOCK_TIME_MS = 1_000;
// Compiling a runtime takes the optimising compiler seconds: a block that waited for it would be later than this.
const BLOCK_GAP_MAX_MS = 3 * BLOCK_TIME_MS;

let node, api, code;
before(async () => {
  code = await upgradedRuntime();
  node = await startNode(['--sealing', `interval=${BLOCK_TIME_MS}`, '--state-pruning', 'archive']);
  api = await node.api();
});
// Old blocks are executed again with old code, new ones with new code.
after(() => node?.stop({ check: true }));

const hex = (bytes) => '0x' + Buffer.from(bytes).toString('hex');
const setCode = (bytes) => api.tx.sudo.sudo(api.tx.system.setCode(hex(bytes)));

test('what is no successor is refused with an error event', async () => {
  const present = await api.rpc.state.getStorage('0x3a636f6465');
  const otherName = Buffer.from(code);
  // The custom section: its name with its length before it, then the version, which begins with the name.
  const section = otherName.lastIndexOf('\x0fruntime_version\x14ziver');
  assert.ok(section > 0);
  otherName.write('\x0fruntime_version\x14zivex', section);
  const cases = {
    'not Wasm': Buffer.from('nonsense'),
    'an empty module': Buffer.from('0061736d01000000', 'hex'),
    'a cut blob': code.subarray(0, code.length / 2),
    'the same version': Buffer.from(present.unwrap().toU8a(true)),
    'another name': otherName,
  };
  const { number } = await api.rpc.chain.getHeader();
  for (const [what, bytes] of Object.entries(cases)) {
    const { events, dispatchError } = await send(setCode(bytes), accounts.alith, { until: 'inBlock' });
    const sudid = events.find(({ event }) => event.method === 'Sudid');
    const failed = dispatchError ?? (sudid.event.data[0].isErr && sudid.event.data[0].asErr);
    assert.ok(failed, `${what} was taken: ${names(events)}`);
    assert.ok(!names(events).includes('system.CodeUpdated'), what);
  }
  assert.equal((await api.rpc.state.getRuntimeVersion()).specVersion.toNumber(), 1);
  assert.ok((await api.rpc.chain.getHeader()).number.toNumber() > number.toNumber());
});

test('only root replaces the runtime', async () => {
  const { dispatchError } = await send(api.tx.system.setCode(hex(code)), accounts.baltathar, { until: 'inBlock' });
  assert.ok(dispatchError?.isBadOrigin);
});

test('new runtime runs from the next block on and the client follows', async () => {
  const versions = [];
  const stopVersions = await api.rpc.state.subscribeRuntimeVersion((version) => versions.push(version.specVersion.toNumber()));
  assert.equal(api.runtimeVersion.specVersion.toNumber(), 1);
  assert.equal(api.tx.system.remarkWithTopic, undefined);

  // Its events are read by a later client: this one may have the new metadata already when it decodes them.
  const { block } = await send(setCode(code), accounts.alith, { until: 'inBlock' });
  const header = await api.rpc.chain.getHeader(block);
  assert.ok(header.digest.logs.some((log) => log.isRuntimeEnvironmentUpdated), 'digest item of the upgrade');
  const at = async (hash) => (await api.rpc.state.getRuntimeVersion(hash)).specVersion.toNumber();
  assert.equal(await at(header.parentHash), 1);
  assert.equal(await at(block), 2);

  await eventually(() => api.runtimeVersion.specVersion.toNumber() === 2, { what: "the client's new version" });
  await eventually(() => api.tx.system.remarkWithTopic, { what: "the client's new metadata" });
  assert.deepEqual(versions, [1, 2]);
  stopVersions();

  const topic = '0x' + '7a'.repeat(32);
  const sent = await send(api.tx.system.remarkWithTopic('0x01', topic), accounts.charleth);
  const remarked = sent.events.find(({ event }) => event.method === 'Remarked');
  assert.equal(remarked.topics[0].toHex(), topic);

  // The storage migration ran once, in the first block of the new runtime.
  const upgrades = (await api.query.system.upgrades()).toJSON();
  const first = header.number.toNumber() + 1;
  assert.deepEqual(upgrades, [
    { specVersion: 1, since: 0 },
    { specVersion: 2, since: first },
  ]);

  // A client that comes later reads blocks of both versions. (The first one mixes up the types of version 14 of the
  // metadata, which it asks for after an upgrade, with those of version 16, which it asks for about old blocks.)
  const later = await node.api();
  for (const number of [1, header.number.toNumber(), first]) {
    const then = await later.at(await later.rpc.chain.getBlockHash(number));
    assert.ok((await then.query.system.account(accounts.alith.address)).data.free.toBigInt() > ZIV);
  }
  const events = await (await later.at(block)).query.system.events();
  assert.ok(names(events).includes('system.CodeUpdated'), `${names(events)}`);
  assert.equal((await later.rpc.chain.getBlock(block)).block.extrinsics[1].method.section, 'sudo');

  // No block waited for the compiler.
  const last = first + 4;
  await eventually(async () => (await api.rpc.chain.getHeader()).number.toNumber() >= last, { what: 'four more blocks' });
  const times = [];
  for (let number = header.number.toNumber() - 1; number <= last; number++) {
    const hash = await later.rpc.chain.getBlockHash(number);
    times.push((await (await later.at(hash)).query.timestamp.now()).toNumber());
  }
  const gaps = times.slice(1).map((time, i) => time - times[i]);
  assert.ok(Math.max(...gaps) <= BLOCK_GAP_MAX_MS, `time between blocks: ${gaps}`);
});

test('transactions signed for the old version are refused', async () => {
  const signed = api.tx.system.remark('0x01').sign(accounts.dorothy, {
    blockHash: api.genesisHash,
    era: '0x00',
    genesisHash: api.genesisHash,
    nonce: 0,
    runtimeVersion: { specVersion: 1, transactionVersion: 1 },
    signedExtensions: api.registry.signedExtensions,
  });
  await assert.rejects(api.rpc.author.submitExtrinsic(signed.toHex()), /1010: Invalid Transaction: Transaction has a bad signature/);
});
