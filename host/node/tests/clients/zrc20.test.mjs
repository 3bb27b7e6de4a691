// The standard token: compiled by zxc, then deployed, used and watched by @polkadot/api-contract.

import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { CodePromise, ContractPromise } from '@polkadot/api-contract';
import { accounts, send, startNode } from './node.mjs';

const ZXC = join(dirname(process.env.ZIVER_HOST), 'zxc');
const SOURCE = new URL('../../../../contracts/standard/zrc20/zrc20.zx', import.meta.url).pathname;
const ZERO = `0x${'00'.repeat(20)}`;
const { alith, baltathar, charleth } = accounts;

let node, api, token, gasLimit, folder, bundle;
before(async () => {
  node = await startNode();
  api = await node.api();
  gasLimit = api.registry.createType('WeightV2', { refTime: 50_000_000_000n, proofSize: 1_000_000n });
  folder = await mkdtemp(join(tmpdir(), 'ziver-zrc20-'));
  await promisify(execFile)(ZXC, ['build', SOURCE, '--output', folder]);
  bundle = await readFile(join(folder, 'FungibleToken.contract'), 'utf8');
});
after(async () => {
  await node?.stop({ check: true });
  if (folder) await rm(folder, { recursive: true, force: true });
});

const isReverted = (result) => result.isOk && (result.asOk.flags.bits.toNumber() & 1) === 1;

/** What a view action answers. */
const read = async (action, ...args) => {
  const { result, output } = await token.query[action](alith.address, { gasLimit }, ...args);
  assert.ok(result.isOk && !isReverted(result), `${result}`);
  return output.asOk;
};
const balances = async (...of) => Promise.all(of.map(async ({ address }) => (await read('balanceOf', address)).toBigInt()));

/** Estimates by a dry run, sends, and gives the decoded events. */
const call = async (account, action, ...args) => {
  const dry = await token.query[action](account.address, {}, ...args);
  assert.ok(dry.result.isOk && !isReverted(dry.result), `${dry.result} ${dry.output}`);
  const { dispatchError, events } = await send(token.tx[action]({ gasLimit: dry.gasRequired }, ...args), account);
  assert.equal(dispatchError, undefined);
  return events
    .filter(({ event }) => api.events.contracts.ContractEmitted.is(event))
    .map((record) => token.abi.decodeEvent(record))
    .map(({ event, args: values }) => [event.identifier.split('::').pop(), ...values.map((value) => value.toString())]);
};

/** Why a dry run would be reverted. */
const refusal = async (account, action, ...args) => {
  const { result, output } = await token.query[action](account.address, { gasLimit }, ...args);
  assert.ok(isReverted(result), `${result}`);
  return output.asErr.toString();
};

test('token is deployed, and says what it is', async () => {
  const code = new CodePromise(api, bundle, undefined);
  const deployed = await new Promise((resolve, reject) => {
    code.tx.new({ gasLimit, storageDepositLimit: null }, 'Example', 'EXA', 18, 1_000_000).signAndSend(alith, (sent) => {
      if (sent.dispatchError) reject(new Error(`${sent.dispatchError}`));
      if (sent.contract) resolve(sent.contract);
    }).catch(reject);
  });
  token = new ContractPromise(api, bundle, deployed.address);
  assert.equal((await read('name')).toString(), 'Example');
  assert.equal((await read('symbol')).toString(), 'EXA');
  assert.equal((await read('decimals')).toNumber(), 18);
  assert.equal((await read('totalSupply')).toBigInt(), 1_000_000n);
  assert.deepEqual(await balances(alith, baltathar), [1_000_000n, 0n]);
});

test('transfer moves tokens, and its event decodes', async () => {
  const events = await call(alith, 'transfer', baltathar.address, 1_234n);
  assert.deepEqual(events, [['Transfer', alith.address, baltathar.address, '1234']]);
  assert.deepEqual(await balances(alith, baltathar), [998_766n, 1_234n]);
  assert.equal(await refusal(baltathar, 'transfer', alith.address, 1_235n), 'insufficient balance');
});

test('allowance is used up', async () => {
  const approved = await call(alith, 'approve', charleth.address, 500n);
  assert.deepEqual(approved, [['Approval', alith.address, charleth.address, '500']]);
  await call(charleth, 'transferFrom', alith.address, baltathar.address, 400n);
  assert.equal((await read('allowance', alith.address, charleth.address)).toBigInt(), 100n);
  assert.deepEqual(await balances(alith, baltathar), [998_366n, 1_634n]);
  assert.equal(await refusal(charleth, 'transferFrom', alith.address, baltathar.address, 101n), 'insufficient allowance');
});

test('owner mints, pauses and unpauses; others do not', async () => {
  assert.deepEqual(await call(alith, 'mint', charleth.address, 7n), [['Transfer', ZERO, charleth.address, '7']]);
  assert.equal((await read('totalSupply')).toBigInt(), 1_000_007n);
  await refusal(baltathar, 'mint', baltathar.address, 1n);
  await call(alith, 'pause');
  assert.equal(await refusal(alith, 'transfer', baltathar.address, 1n), 'paused');
  await call(alith, 'unpause');
  await call(charleth, 'burn', 7n);
  assert.equal((await read('totalSupply')).toBigInt(), 1_000_000n);
});

test('its events are in the log', async () => {
  const answer = await fetch(node.http, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      jsonrpc: '2.0', id: 1, method: 'zx_getLogs', params: [{ fromBlock: 'earliest', contract: token.address.toString() }],
    }),
  });
  const { result } = await answer.json();
  assert.equal(result.length, 9, JSON.stringify(result));
});
