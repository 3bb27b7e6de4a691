// The standard contracts together, through JSON-RPC alone: from their sources, deployed and called by name; tokens staked, traded,
// voted on. Every balance is what arithmetic says, every event is there. Blocks are made by hand, so their numbers are known.

import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { blake2AsU8a, keccakAsHex } from '@polkadot/util-crypto';
import { u8aToHex } from '@polkadot/util';
import { accounts, rpc, startNode } from './node.mjs';

const STANDARD = new URL('../../../../contracts/standard/', import.meta.url);
const [ALITH, BALTATHAR, CHARLETH] = ['alith', 'baltathar', 'charleth'].map((name) => accounts[name].address.toLowerCase());
const NOBODY = `0x${'00'.repeat(20)}`;

let node;
before(async () => (node = await startNode(['--sealing', 'manual'])));
after(() => node?.stop({ check: true }));

const ask = async (method, ...params) => {
  const { result, error } = await rpc(node, method, params);
  assert.equal(error, undefined, `${method}: ${JSON.stringify(error)}`);
  return result;
};

/** Makes a block; the receipt of a transaction in it. */
const sealed = async (hash) => {
  await ask('engine_createBlock', false, true);
  return ask('zx_getTransactionReceipt', hash);
};

/** A contract of a source, with what is needed to call it by name. */
const deploy = async (name, args, from = ALITH) => {
  const source = await readFile(new URL(`${name}/${name}.zx`, STANDARD), 'utf8');
  const { transactionHash, contractAddress, bundle } = await ask('contract_deploy', { from, source, args });
  const receipt = await sealed(transactionHash);
  assert.equal(receipt.status, '0x1', JSON.stringify(receipt));
  delete bundle.source.wasm;
  return { address: contractAddress.toLowerCase(), bundle };
};

const read = async (contract, message, args = []) => {
  const answer = await ask('contract_staticCall', { to: contract.address, bundle: contract.bundle, from: ALITH, message, args });
  assert.equal(answer.success, true, JSON.stringify(answer));
  return answer.decoded;
};
const balance = async (token, account) => BigInt(await read(token, 'balance_of', [account]));

/** Calls by a transaction; its block's number, and the events that contracts emitted: [contract, name, field, ...]. */
const call = async (from, contract, message, args = []) => {
  const { transactionHash } = await ask('contract_call', { from, to: contract.address, bundle: contract.bundle, message, args });
  const receipt = await sealed(transactionHash);
  assert.equal(receipt.status, '0x1', JSON.stringify(receipt));
  return { block: BigInt(receipt.blockNumber), events: receipt.logs.map(decoded) };
};

/** Why a call is not even sent. */
const refusal = async (from, contract, message, args = []) => {
  const { error } = await rpc(node, 'contract_call', [{ from, to: contract.address, bundle: contract.bundle, message, args }]);
  return error.data.revertReason;
};

const SIGNATURES = [
  'Transfer(Address,Address,integer)', 'Approval(Address,Address,integer)', 'OwnershipOffered(Address,Address)',
  'OwnershipTransferred(Address,Address)', 'Staked(Address,integer)', 'Withdrawn(Address,integer)', 'Claimed(Address,integer)',
  'Funded(Address,integer)', 'LiquidityAdded(Address,integer,integer,integer)', 'LiquidityRemoved(Address,integer,integer,integer)',
  'Swapped(Address,Address,Address,integer,integer)', 'Voted(u64,Address,Choice,integer)', 'Executed(u64,Address)',
];
const BYTES = { Address: 20, integer: 32, u64: 8, Choice: 1 };
const number = (hex) => BigInt(`0x${hex.match(/../g).reverse().join('')}`);

/** A log whose event has fields of a fixed length; others by their topic. */
function decoded({ address, topics, data }) {
  const signature = SIGNATURES.find((one) => keccakAsHex(one) === topics[0]);
  if (!signature) return [address.toLowerCase(), topics[0]];
  const [, name, types] = /(\w+)\((.*)\)/.exec(signature);
  let rest = data.slice(2);
  const fields = types.split(',').map((type) => {
    const field = rest.slice(0, 2 * BYTES[type]);
    rest = rest.slice(2 * BYTES[type]);
    return type === 'Address' ? `0x${field}` : number(field);
  });
  assert.equal(rest, '', signature);
  return [address.toLowerCase(), name, ...fields];
}

let token, votes;

test('tokens are deployed and given away', async () => {
  token = await deploy('zrc20', ['Gold', 'GLD', 18, 1_000_000]);
  votes = await deploy('votes', ['Voice', 'VOX', 0, 1_000_000]);
  const { events } = await call(ALITH, token, 'transfer', { to: BALTATHAR, amount: '100000' });
  assert.deepEqual(events, [[token.address, 'Transfer', ALITH, BALTATHAR, 100_000n]]);
  await call(ALITH, votes, 'transfer', [BALTATHAR, 300_000]);
  assert.deepEqual([await balance(token, ALITH), await balance(token, BALTATHAR)], [900_000n, 100_000n]);
  assert.equal(await refusal(CHARLETH, token, 'transfer', [ALITH, 1]), 'insufficient balance');
});

test('stakers share what each block earns', async () => {
  const pool = await deploy('staking_pool', [token.address, votes.address, 1_000]);
  await call(ALITH, votes, 'approve', [pool.address, 20_000]);
  const funded = await call(ALITH, pool, 'fund', [20_000]);
  assert.deepEqual(funded.events, [
    [votes.address, 'Transfer', ALITH, pool.address, 20_000n], [pool.address, 'Funded', ALITH, 20_000n],
  ]);
  for (const from of [ALITH, BALTATHAR]) await call(from, token, 'approve', [pool.address, 10_000]);
  const first = await call(ALITH, pool, 'stake', [4_000]);
  assert.deepEqual(first.events, [
    [token.address, 'Transfer', ALITH, pool.address, 4_000n], [pool.address, 'Staked', ALITH, 4_000n],
  ]);
  const second = await call(BALTATHAR, pool, 'stake', [1_000]);
  // What is tried before it is sent is tried in the best block, and nothing was earned in the one of the stake.
  await ask('engine_createBlock', true, true);
  const claim = await call(BALTATHAR, pool, 'claim');
  const earned = ((claim.block - second.block) * 1_000n * 1_000n) / 5_000n;
  assert.deepEqual(claim.events, [
    [pool.address, 'Claimed', BALTATHAR, earned], [votes.address, 'Transfer', pool.address, BALTATHAR, earned],
  ]);
  assert.equal(await balance(votes, BALTATHAR), 300_000n + earned);
  const withdrawn = await call(ALITH, pool, 'withdraw', [4_000]);
  const due = (second.block - first.block) * 1_000n + ((withdrawn.block - second.block) * 1_000n * 4_000n) / 5_000n;
  assert.equal(BigInt(await read(pool, 'pending', [ALITH])), due);
  assert.deepEqual([await balance(token, ALITH), await balance(token, BALTATHAR)], [900_000n, 99_000n]);
  assert.equal(await refusal(ALITH, pool, 'withdraw', [1]), 'more than you have staked');
});

test('tokens are traded at the price of the reserves, and shares given back', async () => {
  const amm = await deploy('amm', [token.address, votes.address, 30]);
  const deadline = 1_000;
  await call(ALITH, token, 'approve', [amm.address, 100_000]);
  await call(ALITH, votes, 'approve', [amm.address, 400_000]);
  const before = await balance(votes, ALITH);
  const added = await call(ALITH, amm, 'add_liquidity', [100_000, 400_000, 100_000, 400_000, deadline]);
  assert.deepEqual(added.events.at(-1), [amm.address, 'LiquidityAdded', ALITH, 100_000n, 400_000n, 199_000n]);
  assert.equal(await balance(votes, ALITH), before - 400_000n);

  const had = await balance(votes, BALTATHAR);
  const paid = 10_000n * 9_970n;
  const out = (400_000n * paid) / (100_000n * 10_000n + paid);
  assert.equal(BigInt(await read(amm, 'quote_out', [token.address, 10_000])), out);
  await call(BALTATHAR, token, 'approve', [amm.address, 10_000]);
  const order = (least) => [token.address, 10_000, `${least}`, BALTATHAR, deadline];
  assert.equal(await refusal(BALTATHAR, amm, 'swap', order(out + 1n)), 'fewer tokens than the minimum');
  const { events } = await call(BALTATHAR, amm, 'swap', order(out));
  assert.deepEqual(events, [
    [token.address, 'Transfer', BALTATHAR, amm.address, 10_000n],
    [amm.address, 'Swapped', BALTATHAR, token.address, BALTATHAR, 10_000n, out],
    [votes.address, 'Transfer', amm.address, BALTATHAR, out],
  ]);
  assert.deepEqual([await balance(token, BALTATHAR), await balance(votes, BALTATHAR)], [89_000n, had + out]);
  assert.deepEqual((await read(amm, 'reserves')).map(BigInt), [110_000n, 400_000n - out]);

  const removed = await call(ALITH, amm, 'remove_liquidity', [199_000, 1, 1, deadline]);
  const [first, second] = [(110_000n * 199_000n) / 200_000n, ((400_000n - out) * 199_000n) / 200_000n];
  assert.ok(removed.events.some((event) => `${event}` === `${[amm.address, 'LiquidityRemoved', ALITH, first, second, 199_000n]}`));
  assert.equal(await balance(token, ALITH), 800_000n + first);
  assert.equal(BigInt(await read(amm, 'total_supply')), 1_000n);
});

test('a vote decides, and what it decided is done', async () => {
  const dao = await deploy('dao', [votes.address, { quorum_points: 4_000, threshold: 1_000, period: 4, lock: 1, grace: 10 }]);
  const offered = await call(ALITH, token, 'transfer_ownership', [dao.address]);
  assert.deepEqual(offered.events, [[token.address, 'OwnershipOffered', ALITH, dao.address]]);
  const selector = (name) => u8aToHex(blake2AsU8a(name).slice(0, 4));
  const mint = `${selector('mint')}${CHARLETH.slice(2)}${'09030000'}${'00'.repeat(28)}`;
  const calls = [selector('accept_ownership'), mint].map((input) => ({ target: token.address, input, value: 0 }));
  await call(ALITH, dao, 'propose', { calls, text: 'Make 777 tokens' });
  assert.equal(await refusal(ALITH, dao, 'vote', [1, 'For']), 'not open for votes');
  await ask('engine_createBlock', true, true);

  const weights = { [ALITH]: await balance(votes, ALITH), [BALTATHAR]: await balance(votes, BALTATHAR) };
  assert.equal(await refusal(CHARLETH, dao, 'vote', [1, 'For']), "no tokens in the proposal's block");
  const voted = await call(ALITH, dao, 'vote', [1, 'For']);
  assert.deepEqual(voted.events, [[dao.address, 'Voted', 1n, ALITH, 1n, weights[ALITH]]]);
  // What is moved after the proposal weighs nothing more.
  await call(ALITH, votes, 'transfer', [BALTATHAR, 1_000]);
  const against = await call(BALTATHAR, dao, 'vote', [1, 'Against']);
  assert.deepEqual(against.events, [[dao.address, 'Voted', 1n, BALTATHAR, 0n, weights[BALTATHAR]]]);
  assert.equal(await refusal(ALITH, dao, 'vote', [1, 'For']), 'voted already');
  assert.ok(weights[ALITH] > weights[BALTATHAR]);

  assert.equal(await refusal(CHARLETH, dao, 'execute', [1]), 'not ready to execute');
  for (let i = 0; i < 4; i++) await ask('engine_createBlock', true, true);
  const { events } = await call(CHARLETH, dao, 'execute', [1]);
  assert.deepEqual(events, [
    [token.address, 'OwnershipTransferred', ALITH, dao.address],
    [token.address, 'Transfer', NOBODY, CHARLETH, 777n],
    [dao.address, 'Executed', 1n, CHARLETH],
  ]);
  assert.equal(await balance(token, CHARLETH), 777n);
  assert.equal(await refusal(CHARLETH, dao, 'execute', [1]), 'not ready to execute');
});

test('every token moved is in the log', async () => {
  const topic = keccakAsHex('Transfer(Address,Address,integer)');
  const logs = await ask('zx_getLogs', { fromBlock: 'earliest', contract: token.address, topics: [topic] });
  const sums = {};
  for (const [, , from, to, amount] of logs.map(decoded)) {
    sums[from] = (sums[from] ?? 0n) - amount;
    sums[to] = (sums[to] ?? 0n) + amount;
  }
  assert.equal(sums[NOBODY], -1_000_777n);
  for (const [account, sum] of Object.entries(sums)) {
    if (account !== NOBODY) assert.equal(await balance(token, account), sum);
  }
  assert.equal(BigInt(await read(token, 'total_supply')), 1_000_777n);
});
