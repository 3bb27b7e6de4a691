// @acala-network/chopsticks forks our running chain: its own executor runs our runtime on state that it fetches from us.

import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { accounts, free, names, nonceOf, send, startNode, stranger, upgradedRuntime, ZIV } from '../node.mjs';

const NODE_MAJOR_MIN = 20;
const major = Number(process.versions.node.split('.')[0]);
const skip = major < NODE_MAJOR_MIN && `chopsticks needs Node.js ${NODE_MAJOR_MIN}, this is ${major}`;

let node, api, fork;
before(async () => {
  if (skip) return;
  node = await startNode(['--sealing', 'interval=300', '--state-pruning', 'archive']);
  api = await node.api();
  await send(api.tx.balances.transferKeepAlive(accounts.faith.address, ZIV), accounts.alith);
  process.env.LOG_LEVEL ??= 'error';
  const { setup, BuildBlockMode } = await import('@acala-network/chopsticks-core');
  // Unresolved imports stay forbidden, signatures are checked.
  fork = await setup({ endpoint: node.ws, buildBlockMode: BuildBlockMode.Manual });
});
after(async () => {
  await fork?.close();
  await node?.stop();
  // chopsticks leaves ports of its workers open, which would keep this process alive for ever. The runner sets the exit code.
  setTimeout(() => process.exit(), 1_000).unref();
});

/** What lies under a key in a block of the fork, as this type. */
const read = async (block, key, type) => {
  const value = await block.get(key);
  return value && api.createType(type, Buffer.from(value.slice(2), 'hex'));
};

const forkedFree = async (block, account) => {
  const found = await read(block, api.query.system.account.key(account.address), 'FrameSystemAccountInfo');
  return found ? found.data.free.toBigInt() : 0n;
};

const forkedEvents = async (block) =>
  names(await read(block, api.query.system.events.key(), 'Vec<FrameSystemEventRecord>'));

/** Signs for the fork; nothing is sent to the node. */
const signed = async (call, signer, nonce) => (await call.signAsync(signer, { nonce, era: 0 })).toHex();

test('empty block is built on a fork of the running chain', { skip }, async () => {
  const forked = fork.head;
  assert.equal(forked.hash, (await api.rpc.chain.getBlockHash(forked.number)).toHex());
  const block = await fork.newBlock();
  assert.equal(block.number, forked.number + 1);
  assert.equal((await block.extrinsics).length, 1, 'the timestamp');
  assert.deepEqual(await forkedEvents(block), ['system.ExtrinsicSuccess']);
});

test('transactions change the fork as they change the chain, and the chain not at all', { skip }, async () => {
  const { baltathar, charleth } = accounts;
  const target = stranger();
  const nonce = await nonceOf(api, baltathar);
  const [balance, other] = [await free(api, baltathar), await free(api, charleth)];
  const transfer = api.tx.balances.transferKeepAlive(target.address, 3n * ZIV);
  const tooMuch = api.tx.balances.transferKeepAlive(target.address, 10n ** 30n);
  const forged = (await signed(transfer, charleth, 0)).replace(/(.{100})(..)/, (_, head, byte) => head + (byte === '00' ? '01' : '00'));
  const block = await fork.newBlock({
    transactions: [await signed(transfer, baltathar, nonce), await signed(tooMuch, baltathar, nonce + 1), forged],
  });
  assert.equal((await block.extrinsics).length, 3, 'the forged one is left out');
  const events = await forkedEvents(block);
  assert.ok(events.includes('balances.Transfer') && events.includes('system.ExtrinsicFailed'), `${events}`);
  assert.equal(await forkedFree(block, target), 3n * ZIV);
  assert.equal(await forkedFree(block, charleth), other);
  const paid = balance - (await forkedFree(block, baltathar));
  assert.ok(paid > 3n * ZIV && paid < 4n * ZIV, `the transfer and two fees: ${paid}`);

  assert.equal(await free(api, target), 0n);
  assert.equal(await nonceOf(api, baltathar), nonce);
});

test('runtime is replaced on the fork', { skip }, async () => {
  const code = '0x' + (await upgradedRuntime()).toString('hex');
  const nonce = await nonceOf(api, accounts.alith);
  const upgrade = api.tx.sudo.sudo(api.tx.system.setCode(code));
  const block = await fork.newBlock({ transactions: [await signed(upgrade, accounts.alith, nonce)] });
  assert.ok((await forkedEvents(block)).includes('system.CodeUpdated'));
  const next = await fork.newBlock();
  assert.equal((await next.runtimeVersion).specVersion, 2);
  assert.deepEqual((await forkedEvents(next)).at(-1), 'system.ExtrinsicSuccess');
  assert.equal((await api.rpc.state.getRuntimeVersion()).specVersion.toNumber(), 1);
});
