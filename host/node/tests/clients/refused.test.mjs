// Transactions that must be refused, each with its code and reason; the node lives on.

import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { accounts, eventually, free, nonceOf, rpc, send, startNode, stranger, ZIV } from './node.mjs';

let node, api;
before(async () => {
  node = await startNode();
  api = await node.api();
});
after(async () => {
  // Whatever was refused has changed nothing and broken nothing.
  await send(api.tx.system.remark('0xff'), accounts.faith, { until: 'inBlock' });
  await node?.stop();
});

const transfer = () => api.tx.balances.transferKeepAlive(accounts.baltathar.address, ZIV);

async function refused(hex, code, data) {
  const { error } = await rpc(node, 'author_submitExtrinsic', [hex]);
  assert.ok(error, 'it was accepted');
  assert.deepEqual({ code: error.code, data: error.data }, { code, data });
  return error;
}

test('changed signature', async () => {
  const signed = await transfer().signAsync(accounts.alith, { nonce: -1 });
  const bytes = signed.toU8a();
  // Any other signature recovers to another signer or to none.
  bytes[2 + 1 + 20 + 5] ^= 1;
  const { error } = await rpc(node, 'author_submitExtrinsic', ['0x' + Buffer.from(bytes).toString('hex')]);
  assert.equal(error.code, 1010);
  assert.equal(error.data, 'Transaction has a bad signature');
});

test('another chain', async () => {
  const signed = await transfer().signAsync(accounts.alith, { nonce: -1, genesisHash: '0x' + '42'.repeat(32) });
  await refused(signed.toHex(), 1010, 'Transaction has a bad signature');
});

test('another runtime version', async () => {
  const signed = transfer().sign(accounts.alith, {
    blockHash: api.genesisHash,
    era: '0x00',
    genesisHash: api.genesisHash,
    nonce: await nonceOf(api, accounts.alith),
    runtimeVersion: { specVersion: 999, transactionVersion: api.runtimeVersion.transactionVersion },
    signedExtensions: api.registry.signedExtensions,
  });
  await refused(signed.toHex(), 1010, 'Transaction has a bad signature');
});

test('stale nonce', async () => {
  await send(api.tx.system.remark('0x00'), accounts.charleth, { until: 'inBlock' });
  const signed = await transfer().signAsync(accounts.charleth, { nonce: 0 });
  await refused(signed.toHex(), 1010, 'Transaction is outdated');
});

test('expired era', async () => {
  const { block } = await send(api.tx.system.remark('0x01'), accounts.charleth, { until: 'finalized' });
  const birth = await api.rpc.chain.getHeader(block);
  const nonce = await nonceOf(api, accounts.charleth);
  const signed = await transfer().signAsync(accounts.charleth, {
    nonce,
    blockHash: block,
    era: api.createType('ExtrinsicEra', { current: birth.number.toNumber(), period: 4 }),
  });
  await eventually(async () => (await api.rpc.chain.getHeader()).number.toNumber() > birth.number.toNumber() + 6);
  const { error } = await rpc(node, 'author_submitExtrinsic', [signed.toHex()]);
  assert.equal(error.code, 1010);
  // The birth block of the era that the number now falls into is another one.
  assert.ok(['Transaction has a bad signature', 'Transaction has an ancient birth block'].includes(error.data), error.data);
});

test('no money for the fee', async () => {
  const signed = await transfer().signAsync(stranger(), { nonce: 0 });
  await refused(signed.toHex(), 1010, 'Inability to pay some fees (e.g. account balance too low)');
});

test('the same transaction twice', async () => {
  const nonce = (await nonceOf(api, accounts.dorothy)) + 1;
  const signed = await transfer().signAsync(accounts.dorothy, { nonce });
  assert.equal((await rpc(node, 'author_submitExtrinsic', [signed.toHex()])).result, signed.hash.toHex());
  const { error } = await rpc(node, 'author_submitExtrinsic', [signed.toHex()]);
  assert.equal(error.code, 1013);
});

test('another with the same nonce and no higher tip', async () => {
  const nonce = (await nonceOf(api, accounts.ethan)) + 1;
  const first = await transfer().signAsync(accounts.ethan, { nonce, tip: 10_000_000_000n });
  const second = await api.tx.system.remark('0x05').signAsync(accounts.ethan, { nonce });
  assert.ok((await rpc(node, 'author_submitExtrinsic', [first.toHex()])).result);
  const { error } = await rpc(node, 'author_submitExtrinsic', [second.toHex()]);
  assert.equal(error.code, 1014);
});

test('bytes that are no extrinsic', async () => {
  for (const hex of ['0x', '0x00', '0x0401', '0x1084010203', '0xffffffff', '0x' + 'ff'.repeat(200)]) {
    const { error } = await rpc(node, 'author_submitExtrinsic', [hex]);
    assert.ok([1001, 1002, 1010].includes(error?.code), `${hex}: ${JSON.stringify(error)}`);
  }
});

test('truncated extrinsic', async () => {
  const bytes = (await transfer().signAsync(accounts.alith, { nonce: -1 })).toU8a();
  for (const length of [1, 2, 3, 23, 60, 90, bytes.length - 1]) {
    const hex = '0x' + Buffer.from(bytes.slice(0, length)).toString('hex');
    const { error } = await rpc(node, 'author_submitExtrinsic', [hex]);
    assert.equal(error?.code, 1001, `${length}: ${JSON.stringify(error)}`);
  }
});

test('unknown call index', async () => {
  const signed = await transfer().signAsync(accounts.alith, { nonce: -1 });
  const bytes = signed.toU8a();
  // The call begins where the encoded method begins.
  const at = bytes.length - signed.method.toU8a().length;
  bytes[at] = 0xfe;
  const { error } = await rpc(node, 'author_submitExtrinsic', ['0x' + Buffer.from(bytes).toString('hex')]);
  assert.ok([1002, 1010].includes(error?.code), JSON.stringify(error));
});

test('unsigned call', async () => {
  const { error } = await rpc(node, 'author_submitExtrinsic', [api.tx.system.remark('0x01').toHex()]);
  assert.ok([1010, 1011].includes(error?.code), JSON.stringify(error));
});

test('client library gets the error of a watched submission', async () => {
  const before = await free(api, accounts.baltathar);
  await assert.rejects(
    send(transfer(), stranger(), { nonce: 0 }),
    /1010: Invalid Transaction: Inability to pay some fees/,
  );
  assert.equal(await free(api, accounts.baltathar), before);
});
