// Transactions by @polkadot/api: statuses, events, fees, nonces, batches.

import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { accounts, eventually, free, names, nonceOf, rpc, send, startNode, stranger, ZIV } from './node.mjs';

let node, api;
before(async () => {
  node = await startNode();
  api = await node.api();
});
after(() => node?.stop());

const feeIn = (events) => {
  const paid = events.find(({ event }) => api.events.transactionPayment.TransactionFeePaid.is(event));
  return paid.event.data.actualFee.toBigInt();
};

test('transfer goes ready, in block, final, with its events', async () => {
  const receiver = stranger();
  const { statuses, events, block } = await send(
    api.tx.balances.transferKeepAlive(receiver.address, 3n * ZIV),
    accounts.alith,
  );
  assert.deepEqual(statuses, ['ready', 'inblock', 'finalized']);
  const seen = names(events);
  assert.ok(seen.includes('balances.Transfer'), `${seen}`);
  assert.ok(seen.includes('transactionPayment.TransactionFeePaid'), `${seen}`);
  assert.equal(seen.at(-1), 'system.ExtrinsicSuccess');
  assert.equal(await free(await api.at(block), receiver), 3n * ZIV);
});

test('sender pays amount and fee, the estimate is the fee', async () => {
  // The fee's multiplier follows each block, so no block may come between the estimate and the transaction.
  const manual = await startNode(['--sealing', 'manual']);
  try {
    const api = await manual.api();
    const call = api.tx.balances.transferKeepAlive(stranger().address, ZIV);
    const estimate = (await call.paymentInfo(accounts.baltathar)).partialFee.toBigInt();
    assert.ok(estimate > 0n);
    const before = await free(api, accounts.baltathar);
    await call.signAndSend(accounts.baltathar);
    const { hash } = (await rpc(manual, 'engine_createBlock', [false, true, null])).result;
    const at = await api.at(hash);
    const paid = (await at.query.system.events()).find(({ event }) => event.method === 'TransactionFeePaid');
    assert.equal(paid.event.data.actualFee.toBigInt(), estimate);
    assert.equal(before - (await free(at, accounts.baltathar)), ZIV + estimate);
  } finally {
    await manual.stop();
  }
});

test('legacy fee methods agree with the runtime call', async () => {
  const hash = await api.rpc.chain.getFinalizedHead();
  const at = await api.at(hash);
  const signed = await api.tx.balances
    .transferKeepAlive(accounts.alith.address, ZIV)
    .signAsync(accounts.baltathar, { nonce: -1 });
  const runtime = await at.call.transactionPaymentApi.queryInfo(signed.toU8a(), signed.encodedLength);
  const { result } = await rpc(node, 'payment_queryInfo', [signed.toHex(), hash.toHex()]);
  assert.equal(result.partialFee, runtime.partialFee.toString());
  assert.equal(result.class, 'normal');
  const details = (await rpc(node, 'payment_queryFeeDetails', [signed.toHex(), hash.toHex()])).result.inclusionFee;
  const sum = BigInt(details.baseFee) + BigInt(details.lenFee) + BigInt(details.adjustedWeightFee);
  assert.equal(sum.toString(), result.partialFee);
});

test('tip is paid on top', async () => {
  const { events } = await send(api.tx.system.remark('0x01'), accounts.baltathar, { tip: 12_345n });
  const paid = events.find(({ event }) => api.events.transactionPayment.TransactionFeePaid.is(event));
  assert.equal(paid.event.data.tip.toBigInt(), 12_345n);
});

test('failing transfer pays its fee and changes nothing else', async () => {
  const receiver = stranger();
  const call = api.tx.balances.transferKeepAlive(receiver.address, 10n ** 30n);
  const { events, dispatchError, block } = await send(call, accounts.charleth);
  assert.ok(dispatchError, 'a dispatch error');
  assert.equal(names(events).at(-1), 'system.ExtrinsicFailed');
  const { parentHash } = await api.rpc.chain.getHeader(block);
  const before = await free(await api.at(parentHash), accounts.charleth);
  const after = await free(await api.at(block), accounts.charleth);
  assert.equal(before - after, feeIn(events));
  assert.equal(await free(api, receiver), 0n);
});

test('nonce gap waits as future and becomes ready when it is filled', async () => {
  const nonce = (await api.rpc.system.accountNextIndex(accounts.dorothy.address)).toNumber();
  // The client passes over a status that the next one follows too closely: the gap is filled once it has told the first.
  let tell;
  const told = new Promise((resolve) => (tell = resolve));
  const later = send(api.tx.system.remark('0x02'), accounts.dorothy, { nonce: nonce + 1, onStatus: tell });
  assert.equal(await Promise.race([told, later]), 'future');
  const pool = async () => (await api.rpc.author.pendingExtrinsics()).length;
  // What waits is not pending, and takes no part in the next index.
  assert.equal(await pool(), 0);
  assert.equal((await api.rpc.system.accountNextIndex(accounts.dorothy.address)).toNumber(), nonce);
  const first = await send(api.tx.system.remark('0x01'), accounts.dorothy, { nonce });
  const second = await later;
  assert.deepEqual(second.statuses, ['future', 'ready', 'inblock', 'finalized']);
  assert.deepEqual(first.statuses, ['ready', 'inblock', 'finalized']);
});

test('many transactions of one account run in the order of their nonces', async () => {
  const receiver = stranger();
  const start = (await api.rpc.system.accountNextIndex(accounts.ethan.address)).toNumber();
  const sent = Array.from({ length: 25 }, (_, i) =>
    send(api.tx.balances.transferAllowDeath(receiver.address, ZIV), accounts.ethan, { nonce: start + i, until: 'inBlock' }),
  );
  await Promise.all(sent);
  await eventually(async () => (await nonceOf(api, accounts.ethan)) === start + 25, { what: 'all nonces' });
  assert.equal(await free(api, receiver), 25n * ZIV);
});

test('next index counts what waits in the pool', async () => {
  const manual = await startNode(['--sealing', 'manual']);
  try {
    const api = await manual.api();
    const { alith } = accounts;
    for (let nonce = 0; nonce < 3; nonce++) await api.tx.system.remark('0x').signAndSend(alith, { nonce });
    assert.equal((await api.rpc.system.accountNextIndex(alith.address)).toNumber(), 3);
    assert.equal((await rpc(manual, 'account_nextIndex', [alith.address])).result, 3);
    assert.equal((await rpc(manual, 'zx_getTransactionCount', [alith.address, 'pending'])).result, '0x3');
    assert.equal((await rpc(manual, 'zx_getTransactionCount', [alith.address, 'latest'])).result, '0x0');
    assert.equal((await api.rpc.author.pendingExtrinsics()).length, 3);
    const { hash } = (await rpc(manual, 'engine_createBlock', [false, false, null])).result;
    assert.equal((await api.rpc.chain.getBlock(hash)).block.extrinsics.length, 4);
    assert.equal((await rpc(manual, 'engine_createBlock', [false, false, null])).error.code, 12_000);
    assert.equal((await rpc(manual, 'engine_finalizeBlock', [hash])).result, true);
    assert.equal((await api.rpc.chain.getFinalizedHead()).toHex(), hash);
  } finally {
    await manual.stop();
  }
});

test('instant sealing makes a block for each transaction at once, and it is final', async () => {
  const instant = await startNode(['--sealing', 'instant']);
  try {
    const api = await instant.api();
    const first = await send(api.tx.system.remark('0x01'), accounts.alith, { until: 'finalized' });
    const second = await send(api.tx.system.remark('0x02'), accounts.alith, { until: 'finalized' });
    assert.equal((await api.rpc.chain.getHeader(first.block)).number.toNumber(), 1);
    assert.equal((await api.rpc.chain.getHeader(second.block)).number.toNumber(), 2);
  } finally {
    await instant.stop();
  }
});

test('batch runs until the first failure, batchAll not at all', async () => {
  const [first, second] = [stranger(), stranger()];
  const calls = [
    api.tx.balances.transferKeepAlive(first.address, ZIV),
    api.tx.balances.transferKeepAlive(second.address, 10n ** 30n),
  ];
  const batch = await send(api.tx.utility.batch(calls), accounts.faith);
  assert.ok(names(batch.events).includes('utility.BatchInterrupted'), `${names(batch.events)}`);
  assert.equal(await free(api, first), ZIV);
  const all = await send(api.tx.utility.batchAll(calls), accounts.faith);
  assert.ok(all.dispatchError);
  assert.equal(await free(api, first), ZIV);
  const good = await send(api.tx.utility.batchAll([calls[0], calls[0]]), accounts.faith);
  assert.ok(names(good.events).includes('utility.BatchCompleted'));
  assert.equal(await free(api, first), 3n * ZIV);
});

test('sudo acts as root, others can not', async () => {
  const receiver = stranger();
  const call = api.tx.sudo.sudo(api.tx.balances.forceSetBalance(receiver.address, 7n * ZIV));
  const denied = await send(call, accounts.baltathar);
  assert.ok(denied.dispatchError);
  assert.equal(await free(api, receiver), 0n);
  const done = await send(call, accounts.alith);
  assert.equal(done.dispatchError, undefined);
  assert.equal(await free(api, receiver), 7n * ZIV);
});

test('mortal and immortal transactions are both taken', async () => {
  for (const era of [0, 64]) {
    const { statuses } = await send(api.tx.system.remark('0x03'), accounts.charleth, { era, until: 'inBlock' });
    assert.equal(statuses.at(-1), 'inblock');
  }
});
