// dedot in each of its modes: reading, watching, fees, transactions.

import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { dedot, dedotAccount } from './dedot.mjs';
import { accounts, eventually, KEYS, rpc, startNode, stranger, ZIV } from './node.mjs';

const SENDERS = { v2: 'baltathar', legacy: 'charleth' };

let node;
before(async () => (node = await startNode(['--sealing', 'interval=200'])));
after(() => node?.stop({ check: true }));

for (const [mode, sender] of Object.entries(SENDERS)) {
  describe(`dedot, ${mode}`, () => {
    const account = dedotAccount(KEYS[sender]);
    let client;
    before(async () => (client = await dedot(node, mode)));
    after(() => client?.disconnect());

    const free = async (address, at = client) => (await at.query.system.account(address)).data.free;
    const transfer = (to, value) => client.tx.balances.transferKeepAlive(to, value);
    const names = (events) => events.map(({ event }) => `${event.pallet}.${event.palletEvent.name ?? event.palletEvent}`);

    test('mode is the wished one', () => assert.equal(client.rpcVersion, mode));

    test('chain is described', async () => {
      assert.equal(client.genesisHash, (await rpc(node, 'chain_getBlockHash', [0])).result);
      assert.equal(client.runtimeVersion.specName, 'ziver');
      assert.equal(client.runtimeVersion.specVersion, 1);
    });

    test('values, many values and entries are read', async () => {
      assert.ok((await free(account.address)) > 1_000n * ZIV);
      const addresses = Object.values(accounts).map(({ address }) => address);
      const values = await client.query.system.account.multi(addresses);
      assert.equal(values.length, 6);
      assert.ok(values.every(({ data }) => data.free > ZIV));
      const at = await client.at((await client.block.finalized()).hash);
      const entries = await at.query.system.account.entries();
      assert.ok(entries.some(([id]) => id.raw === account.address));
      const sum = entries.reduce((sum, [, { data }]) => sum + data.free + data.reserved, 0n);
      assert.equal(await at.query.balances.totalIssuance(), sum);
      assert.equal((await client.query.system.account(stranger().address)).nonce, 0);
    });

    test('constants and runtime calls are read', async () => {
      assert.ok(client.consts.balances.existentialDeposit >= 0n);
      assert.equal(client.consts.system.ss58Prefix, 42);
      assert.equal((await client.call.core.version()).specVersion, 1);
      const nonce = await client.call.accountNonceApi.accountNonce(account.address);
      assert.equal(nonce, (await client.query.system.account(account.address)).nonce);
    });

    test('best and final blocks are watched', async () => {
      const [best, final] = [[], []];
      const stops = [client.block.best((block) => best.push(block)), client.block.finalized((block) => final.push(block))];
      await eventually(() => best.length >= 3 && final.length >= 3, { what: 'three blocks' });
      stops.forEach((stop) => stop());
      for (const blocks of [best, final]) {
        blocks.slice(1).forEach((block, i) => assert.equal(block.number, blocks[i].number + 1));
      }
      const { hash, number } = final[0];
      assert.equal((await client.block.header(hash)).number, number);
      const told = (await rpc(node, 'chain_getBlock', [hash])).result.block.extrinsics;
      assert.deepEqual(await client.block.body(hash), told);
    });

    test('a value is watched from the present one on', async () => {
      const receiver = stranger().address;
      const seen = [];
      const stop = await client.query.system.account(receiver, ({ data }) => seen.push(data.free));
      await eventually(() => seen.length === 1, { what: 'the present value' });
      await transfer(receiver, 5n * ZIV).signAndSend(account).untilBestChainBlockIncluded();
      await eventually(() => seen.includes(5n * ZIV), { what: 'the change' });
      await stop();
      assert.deepEqual(seen, [0n, 5n * ZIV]);
    });

    test('events are watched', async () => {
      const receiver = stranger();
      const seen = [];
      const stop = await client.query.system.events((records) => seen.push(...client.events.balances.Transfer.filter(records)));
      await transfer(receiver.address, ZIV).signAndSend(account).untilFinalized();
      await eventually(() => seen.some(({ palletEvent }) => palletEvent.data.to.raw === receiver.address.toLowerCase()));
      await stop();
    });

    test('transfer goes into a best block and gets final, with its events', async () => {
      const receiver = stranger().address;
      const statuses = [];
      const result = await new Promise((resolve, reject) => {
        transfer(receiver, 3n * ZIV)
          .signAndSend(account, (result) => {
            statuses.push(result.status.type);
            if (result.status.type === 'Finalized') resolve(result);
          })
          .catch(reject);
      });
      assert.equal(statuses[0], 'Validated');
      assert.ok(statuses.includes('BestChainBlockIncluded'), `${statuses}`);
      assert.equal(result.dispatchError, undefined);
      assert.ok(names(result.events).includes('Balances.Transfer'), `${names(result.events)}`);
      assert.equal(names(result.events).at(-1), 'System.ExtrinsicSuccess');
      assert.equal(await free(receiver, await client.at(result.status.value.blockHash)), 3n * ZIV);
    });

    test('fee is estimated and tip paid', async () => {
      const estimate = (await transfer(stranger().address, ZIV).paymentInfo(account.address)).partialFee;
      assert.ok(estimate > 0n);
      const { events } = await transfer(stranger().address, ZIV).signAndSend(account, { tip: 77n }).untilFinalized();
      const { data } = client.events.transactionPayment.TransactionFeePaid.find(events).palletEvent;
      assert.equal(data.tip, 77n);
      // The multiplier follows the blocks between the two.
      const difference = data.actualFee - data.tip - estimate;
      assert.ok(difference ** 2n < (estimate / 10n) ** 2n, `${data.actualFee} after ${estimate}`);
    });

    test('failing transfer is final with its error', async () => {
      const { dispatchError, events } = await transfer(stranger().address, 10n ** 30n).signAndSend(account).untilFinalized();
      assert.deepEqual(dispatchError, { type: 'Token', value: 'FundsUnavailable' });
      assert.equal(names(events).at(-1), 'System.ExtrinsicFailed');
    });

    test('error of a pallet is named', async () => {
      const { dispatchError } = await client.tx.sudo.sudo(client.tx.system.remark('0x01').call).signAndSend(account).untilFinalized();
      assert.ok(client.errors.sudo.RequireSudo.is(dispatchError), JSON.stringify(dispatchError));
    });

    test('refused transaction is rejected with its reason', async () => {
      const poor = dedotAccount('0x' + '17'.repeat(32));
      await assert.rejects(transfer(account.address, ZIV).signAndSend(poor), (error) => {
        assert.match(JSON.stringify([error.message, error.data]), mode === 'legacy' ? /1010: Invalid Transaction.*fees/ : /Invalid/);
        return true;
      });
    });

    test('nonce in the future is taken when the gap is filled', async () => {
      const nonce = await client.call.accountNonceApi.accountNonce(account.address);
      const later = client.tx.system.remark('0x02').signAndSend(account, { nonce: nonce + 1 }).untilFinalized();
      const first = client.tx.system.remark('0x01').signAndSend(account, { nonce }).untilFinalized();
      for (const { events } of await Promise.all([first, later])) assert.equal(names(events).at(-1), 'System.ExtrinsicSuccess');
    });

    test('a block that nobody pinned is read', async () => {
      const { result: hash } = await rpc(node, 'chain_getBlockHash', [1]);
      const at = await client.at(hash);
      assert.equal(await at.query.system.number(), 1);
      assert.ok((await free(account.address, at)) > 1_000n * ZIV);
    });
  });
}
