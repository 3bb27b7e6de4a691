// polkadot-api (PAPI) in each of its modes: reading, watching, fees, transactions.

import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { firstValueFrom, map, take, takeWhile, toArray } from 'rxjs';
import { accounts, KEYS, rpc, startNode, stranger, ZIV } from './node.mjs';
import { papi, papiSigner } from './papi.mjs';

const SENDERS = { default: 'baltathar', raw: 'charleth', legacy: 'dorothy' };

let node;
before(async () => (node = await startNode(['--sealing', 'interval=200'])));
after(() => node?.stop({ check: true }));

const first = (observable, count) => firstValueFrom(observable.pipe(take(count), toArray()));

for (const [mode, sender] of Object.entries(SENDERS)) {
  describe(`PAPI, ${mode}`, () => {
    const { address } = accounts[sender];
    const signer = papiSigner(KEYS[sender]);
    let client, api, sent;
    before(() => ({ client, api, sent } = papi(node, mode)));
    after(() => client.destroy());

    const free = async (account, at = 'best') => (await api.query.System.Account.getValue(account, { at })).data.free;
    const transfer = (dest, value) => api.tx.Balances.transfer_keep_alive({ dest, value });

    test('chain is described', async () => {
      const { name, genesisHash, properties } = await client.getChainSpecData();
      // On the legacy path the library takes the node's name for the chain's.
      assert.equal(name, mode === 'legacy' ? 'ziver-host' : 'Ziver Development');
      assert.equal(genesisHash, (await rpc(node, 'chain_getBlockHash', [0])).result);
      assert.equal(properties.tokenSymbol, 'ZIV');
    });

    test('blocks come in order, with headers and bodies', async () => {
      const blocks = await first(client.finalizedBlock$, 3);
      blocks.slice(1).forEach((block, i) => {
        assert.equal(block.number, blocks[i].number + 1);
        assert.equal(block.parent, blocks[i].hash);
      });
      const { hash, number } = blocks.at(-1);
      const header = await client.getBlockHeader(hash);
      assert.equal(header.number, number);
      assert.equal(header.parentHash, blocks.at(-2).hash);
      const body = await client.getBlockBody(hash);
      const told = (await rpc(node, 'chain_getBlock', [hash])).result.block.extrinsics;
      assert.deepEqual(body.map((bytes) => '0x' + Buffer.from(bytes).toString('hex')), told);
    });

    test('best blocks lead from the best down to the final', async () => {
      const blocks = await client.getBestBlocks();
      assert.ok(blocks.length >= 2);
      blocks.slice(1).forEach((block, i) => assert.equal(block.hash, blocks[i].parent));
      assert.ok(blocks.some(({ number }) => number <= blocks[0].number - 2));
    });

    test('values, many values, entries and keys are read', async () => {
      assert.ok((await free(address)) > 1_000n * ZIV);
      const names = Object.values(accounts).map(({ address }) => [address]);
      const values = await api.query.System.Account.getValues(names);
      assert.equal(values.length, 6);
      assert.ok(values.every(({ data }) => data.free > ZIV));
      const at = (await client.getFinalizedBlock()).hash;
      const entries = await api.query.System.Account.getEntries({ at });
      assert.ok(entries.some(({ keyArgs }) => keyArgs[0].toLowerCase() === address.toLowerCase()));
      const sum = entries.reduce((sum, { value: { data } }) => sum + data.free + data.reserved, 0n);
      assert.equal(await api.query.Balances.TotalIssuance.getValue({ at }), sum);
      assert.equal((await api.query.System.Account.getValue(stranger().address)).nonce, 0);
      assert.equal(await client.rawQuery('0x1234'), null);
      assert.match(await client.rawQuery(':code'), /^0x[0-9a-f]{1000}/);
    });

    test('constants, runtime calls and metadata are read', async () => {
      assert.ok((await api.constants.Balances.ExistentialDeposit()) >= 0n);
      assert.equal((await api.constants.System.Version()).spec_name, 'ziver');
      assert.equal((await api.apis.Core.version()).spec_version, 1);
      const nonce = await api.apis.AccountNonceApi.account_nonce(address);
      assert.equal(nonce, (await api.query.System.Account.getValue(address)).nonce);
      const metadata = await client.getMetadata((await client.getFinalizedBlock()).hash);
      assert.equal(Buffer.from(metadata.subarray(0, 4)).toString(), 'meta');
    });

    test('a value is watched from the present one on', async () => {
      const receiver = stranger().address;
      const values = api.query.System.Account.watchValue(receiver, { at: 'best' }).pipe(map(({ value }) => value.data.free));
      const seen = firstValueFrom(values.pipe(takeWhile((value) => value === 0n, true), toArray()));
      await transfer(receiver, 5n * ZIV).signAndSubmit(signer);
      assert.deepEqual([...new Set(await seen)], [0n, 5n * ZIV]);
    });

    test('entries are watched with what changed', async (t) => {
      // There the library checks a proof of the keys itself, by blake2; our trie is keccak's.
      if (mode === 'legacy') return t.skip('the library cannot on a keccak trie');
      const receiver = stranger().address;
      const seen = firstValueFrom(api.query.System.Account.watchEntries().pipe(take(20), toArray()), { defaultValue: [] });
      await transfer(receiver, 2n * ZIV).signAndSubmit(signer);
      const deltas = (await seen).flatMap(({ deltas }) => deltas?.upserted ?? []);
      const received = deltas.find(({ args }) => args[0] === receiver);
      assert.equal(received?.value.data.free, 2n * ZIV);
    });

    test('transfer is signed, broadcast, found in a best block and final, with its events', async () => {
      const receiver = stranger().address;
      const events = await firstValueFrom(transfer(receiver, 3n * ZIV).signSubmitAndWatch(signer).pipe(toArray()));
      const types = events.map(({ type }) => type);
      assert.deepEqual([types[0], types[1], types.at(-1)], ['signed', 'broadcasted', 'finalized']);
      assert.ok(events.some((event) => event.type === 'txBestBlocksState' && event.found));
      const { ok, block, events: told } = events.at(-1);
      assert.ok(ok);
      const names = told.map(({ type, value }) => `${type}.${value.type}`);
      assert.ok(names.includes('Balances.Transfer'), `${names}`);
      assert.equal(names.at(-1), 'System.ExtrinsicSuccess');
      assert.equal(await free(receiver, block.hash), 3n * ZIV);
      const [{ payload }] = api.event.Balances.Transfer.filter(told);
      assert.deepEqual([payload.to, payload.amount], [receiver, 3n * ZIV]);
    });

    test('fee is estimated', async () => {
      const call = transfer(stranger().address, ZIV);
      const estimate = await call.getEstimatedFees(address);
      const info = await call.getPaymentInfo(address);
      assert.ok(estimate > 0n);
      assert.equal(info.class.type, 'Normal');
      const { events } = await call.signAndSubmit(signer, { tip: 77n });
      const [{ payload }] = api.event.TransactionPayment.TransactionFeePaid.filter(events);
      assert.equal(payload.tip, 77n);
      // The multiplier follows the blocks between the two.
      const difference = payload.actual_fee - payload.tip - estimate;
      assert.ok(difference ** 2n < (estimate / 10n) ** 2n, `${payload.actual_fee} after ${estimate}`);
    });

    test('failing transfer is final with its error', async () => {
      const { ok, dispatchError, events } = await transfer(stranger().address, 10n ** 30n).signAndSubmit(signer);
      assert.equal(ok, false);
      assert.equal(dispatchError.type, 'Token');
      assert.equal(dispatchError.value.type, 'FundsUnavailable');
      assert.equal(events.at(-1).value.type, 'ExtrinsicFailed');
    });

    test('error of a pallet is named', async () => {
      const call = api.tx.Sudo.sudo({ call: api.tx.System.remark({ remark: Uint8Array.of(1) }).decodedCall });
      const { dispatchError } = await call.signAndSubmit(signer);
      assert.deepEqual([dispatchError.type, dispatchError.value.type, dispatchError.value.value.type], ['Module', 'Sudo', 'RequireSudo']);
    });

    test('refused transaction throws its reason', async () => {
      const poor = papiSigner('0x' + '17'.repeat(32));
      await assert.rejects(transfer(address, ZIV).signAndSubmit(poor), ({ error }) => {
        assert.deepEqual([error.type, error.value.type], ['Invalid', 'Payment']);
        return true;
      });
      await assert.rejects(transfer(address, ZIV).signAndSubmit(signer, { nonce: 0 }), ({ error }) => {
        assert.deepEqual([error.type, error.value.type], ['Invalid', 'Stale']);
        return true;
      });
    });

    test('events of blocks are watched', async () => {
      const seen = firstValueFrom(api.event.Balances.Transfer.watch().pipe(take(12), toArray()));
      const receiver = stranger().address;
      await transfer(receiver, ZIV).signAndSubmit(signer);
      const payloads = (await seen).flatMap(({ events }) => events).map(({ payload }) => payload);
      assert.deepEqual(payloads.filter(({ to }) => to === receiver).map(({ amount }) => amount), [ZIV]);
    });

    test('the methods called are those of the mode', () => {
      const called = (prefix) => [...sent].some((method) => method.startsWith(prefix));
      assert.equal(called('chain_') || called('state_'), mode === 'legacy', `${[...sent]}`);
      assert.equal(called('chainHead_v1_'), mode !== 'legacy', `${[...sent]}`);
    });
  });
}
