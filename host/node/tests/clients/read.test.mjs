// Connecting and reading: chain information, constants, storage, entries, proofs, subscriptions.

import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { accounts, eventually, free, rpc, send, startNode, stranger, ZIV } from './node.mjs';

let node, api;
before(async () => {
  node = await startNode();
  api = await node.api();
});
after(() => node?.stop());

test('chain information comes from the chain spec', async () => {
  assert.equal((await api.rpc.system.chain()).toString(), 'Ziver Development');
  assert.equal((await api.rpc.system.name()).toString(), 'ziver-host');
  assert.ok((await api.rpc.system.chainType()).isDevelopment);
  assert.equal(api.registry.chainSS58, 42);
  assert.deepEqual(api.registry.chainTokens, ['ZIV']);
  assert.deepEqual(api.registry.chainDecimals, [18]);
  assert.ok(api.registry.chainIsEthereum);
  const health = await api.rpc.system.health();
  assert.equal(health.isSyncing.isTrue, false);
  assert.equal(health.peers.toNumber(), 0);
});

test('genesis hash is the hash of block 0', async () => {
  assert.equal((await api.rpc.chain.getBlockHash(0)).toHex(), api.genesisHash.toHex());
  const header = await api.rpc.chain.getHeader(api.genesisHash);
  assert.equal(header.hash.toHex(), api.genesisHash.toHex());
  assert.equal(header.number.toNumber(), 0);
});

test('constants are decoded', () => {
  assert.ok(api.consts.balances.existentialDeposit.toBigInt() >= 0n);
  assert.ok(api.consts.system.blockHashCount.toNumber() > 0);
  assert.equal(api.consts.system.version.specName.toString(), api.runtimeVersion.specName.toString());
});

test('development accounts are endowed', async () => {
  for (const account of Object.values(accounts)) assert.ok((await free(api, account)) > 1_000n * ZIV);
  const all = await api.query.system.account.multi(Object.values(accounts).map(({ address }) => address));
  assert.equal(all.length, 6);
});

test('total issuance is the sum of the accounts', async () => {
  const at = await api.at(await api.rpc.chain.getFinalizedHead());
  const entries = await at.query.system.account.entries();
  assert.ok(entries.length >= 6);
  const sum = entries.reduce((sum, [, { data }]) => sum + data.free.toBigInt() + data.reserved.toBigInt(), 0n);
  assert.equal((await at.query.balances.totalIssuance()).toBigInt(), sum);
});

test('keys come in pages', async () => {
  const first = await api.query.system.account.keysPaged({ args: [], pageSize: 2 });
  assert.equal(first.length, 2);
  const second = await api.query.system.account.keysPaged({ args: [], pageSize: 2, startKey: first[1].toHex() });
  assert.equal(second.length, 2);
  assert.ok(second[0].toHex() > first[1].toHex());
});

test('new heads follow each other', async () => {
  const heads = [];
  const stop = await api.rpc.chain.subscribeNewHeads((head) => heads.push(head));
  await eventually(() => heads.length >= 4, { what: 'four heads' });
  stop();
  for (let i = 1; i < heads.length; i++) {
    assert.equal(heads[i].parentHash.toHex(), heads[i - 1].hash.toHex());
    assert.equal(heads[i].number.toNumber(), heads[i - 1].number.toNumber() + 1);
  }
});

test('final heads lag behind by two', async () => {
  const finals = [];
  const stop = await api.rpc.chain.subscribeFinalizedHeads((head) => finals.push(head));
  await eventually(() => finals.length >= 3, { what: 'three final heads' });
  stop();
  const best = (await api.rpc.chain.getHeader()).number.toNumber();
  const final = (await api.rpc.chain.getHeader(await api.rpc.chain.getFinalizedHead())).number.toNumber();
  assert.ok(best - final >= 2 && best - final <= 4, `best ${best}, final ${final}`);
});

test('all heads are told', async () => {
  const heads = [];
  const stop = await api.rpc.chain.subscribeAllHeads((head) => heads.push(head.number.toNumber()));
  await eventually(() => heads.length >= 2, { what: 'two heads' });
  stop();
});

test('storage subscription tells the present value and changes', async () => {
  const receiver = stranger();
  const seen = [];
  const stop = await api.query.system.account(receiver.address, ({ data }) => seen.push(data.free.toBigInt()));
  await eventually(() => seen.length === 1, { what: 'the present value' });
  await send(api.tx.balances.transferAllowDeath(receiver.address, 5n * ZIV), accounts.ethan, { until: 'inBlock' });
  await eventually(() => seen.length === 2, { what: 'the change' });
  stop();
  assert.deepEqual(seen, [0n, 5n * ZIV]);
});

test('runtime version subscription tells at once', async () => {
  const version = await new Promise((resolve) => api.rpc.state.subscribeRuntimeVersion(resolve));
  assert.equal(version.specVersion.toNumber(), api.runtimeVersion.specVersion.toNumber());
});

test('timestamps grow and are of now', async () => {
  const first = (await api.query.timestamp.now()).toNumber();
  assert.ok(Math.abs(Date.now() - first) < 60_000, `${first}`);
  await eventually(async () => (await api.query.timestamp.now()).toNumber() > first, { what: 'a later time' });
});

test('blocks are decoded with their extrinsics', async () => {
  const head = await api.rpc.chain.getHeader();
  const { block, justifications } = await api.rpc.chain.getBlock(head.hash);
  assert.ok(justifications.isNone);
  assert.equal(block.header.hash.toHex(), head.hash.toHex());
  assert.equal(block.extrinsics[0].method.section, 'timestamp');
});

test('state of an old block is read', async () => {
  const receiver = stranger();
  const { block } = await send(api.tx.balances.transferAllowDeath(receiver.address, ZIV), accounts.faith);
  const { parentHash } = await api.rpc.chain.getHeader(block);
  const before = await api.at(parentHash);
  const after = await api.at(block);
  assert.equal(await free(before, receiver), 0n);
  assert.equal(await free(after, receiver), ZIV);
});

test('read proof is given for present and missing keys', async () => {
  const at = await api.rpc.chain.getFinalizedHead();
  const keys = [api.query.system.account.key(accounts.alith.address), api.query.system.account.key(stranger().address)];
  const { at: proved, proof } = await api.rpc.state.getReadProof(keys, at);
  assert.equal(proved.toHex(), at.toHex());
  assert.ok(proof.length >= 2);
});

test('storage size and hash are told', async () => {
  const key = api.query.system.account.key(accounts.alith.address);
  assert.equal((await api.rpc.state.getStorageSize(key)).toNumber(), 80);
  assert.equal((await api.rpc.state.getStorageHash(key)).length, 32);
});

test('metadata comes in versions 14, 15 and 16', async () => {
  const legacy = await api.rpc.state.getMetadata();
  assert.equal(legacy.version, 14);
  const { result } = await rpc(node, 'state_call', ['Metadata_metadata_versions', '0x']);
  assert.equal(result, '0x0c0e0000000f00000010000000');
});

test('missing runtime function has the text that clients compare', async () => {
  const { error } = await rpc(node, 'state_call', ['Nothing_here', '0x']);
  assert.equal(error.message, 'Client error: Execution failed: Other: Exported method Nothing_here is not found');
});

test('zx methods answer curl', async () => {
  const { address } = accounts.charleth;
  const number = parseInt((await rpc(node, 'zx_blockNumber')).result, 16);
  assert.ok(number > 0);
  assert.equal(BigInt((await rpc(node, 'zx_getBalance', [address, 'latest'])).result), await free(api, address));
  assert.equal((await rpc(node, 'zx_getTransactionCount', [address])).result, '0x0');
  const earliest = BigInt((await rpc(node, 'zx_getBalance', [address, '0x0'])).result);
  assert.equal(earliest, await free(await api.at(api.genesisHash), address));
});

test('unknown block is null, its state an error', async () => {
  const unknown = '0x' + '12'.repeat(32);
  assert.equal((await rpc(node, 'chain_getHeader', [unknown])).result, null);
  assert.equal((await rpc(node, 'chain_getBlock', [unknown])).result, null);
  assert.equal((await rpc(node, 'chain_getBlockHash', [4_000_000_000])).result, null);
  assert.equal((await rpc(node, 'state_getStorage', ['0x00', unknown])).error.code, 4003);
});
