// JSON-RPC over plain HTTP, by curl and fetch: batches, ids, errors, CORS, big messages.

import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ApiPromise, HttpProvider } from '@polkadot/api';
import { accounts, eventually, free, nonceOf, rpc, startNode, stranger, ZIV } from './node.mjs';

const run = promisify(execFile);
const MIB = 1024 * 1024;

let node;
before(async () => (node = await startNode(['--sealing', 'interval=200'])));
after(() => node?.stop());

/** POSTs a body as it is. */
async function post(body, headers = { 'content-type': 'application/json' }) {
  const response = await fetch(node.http, { method: 'POST', headers, body });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

const call = (id, method, params = []) => ({ jsonrpc: '2.0', id, method, params });
const answer = async (request) => JSON.parse((await post(JSON.stringify(request))).text);

test('curl gets an answer', async () => {
  const body = JSON.stringify(call(1, 'system_chain'));
  const { stdout } = await run('curl', ['-sS', '-H', 'content-type: application/json', node.http, '-d', body]);
  assert.deepEqual(JSON.parse(stdout), { jsonrpc: '2.0', id: 1, result: 'Ziver Development' });
});

test('@polkadot/api reads and sends over HTTP', async () => {
  const api = await ApiPromise.create({ provider: new HttpProvider(node.http), noInitWarn: true });
  const receiver = stranger();
  const nonce = await nonceOf(api, accounts.baltathar);
  const signed = await api.tx.balances.transferKeepAlive(receiver.address, ZIV).signAsync(accounts.baltathar, { nonce });
  assert.equal((await api.rpc.author.submitExtrinsic(signed)).toHex(), signed.hash.toHex());
  await eventually(async () => (await free(api, receiver)) === ZIV, { what: 'the transfer' });
  await api.disconnect();
});

test('ids come back as they were, numbers and strings', async () => {
  for (const id of [0, 1, 4_294_967_296, 'a', '17', '']) assert.equal((await answer(call(id, 'system_name'))).id, id);
});

test('result is there even when it is null, error never beside it', async () => {
  const found = await answer(call(1, 'chain_getBlockHash', [4_000_000_000]));
  assert.deepEqual(found, { jsonrpc: '2.0', id: 1, result: null });
  const failed = await answer(call(1, 'no_such_method'));
  assert.deepEqual(Object.keys(failed).sort(), ['error', 'id', 'jsonrpc']);
});

test('batch is answered in one array', async () => {
  const { address } = accounts.alith;
  const batch = [call('a', 'system_chain'), call(2, 'zx_getBalance', [address]), call(3, 'no_such_method')];
  const answers = await answer(batch);
  assert.deepEqual(answers.map(({ id }) => id).sort(), [2, 3, 'a']);
  assert.equal(answers.find(({ id }) => id === 'a').result, 'Ziver Development');
  assert.match(answers.find(({ id }) => id === 2).result, /^0x[0-9a-f]+$/);
  assert.equal(answers.find(({ id }) => id === 3).error.code, -32601);
});

test('empty batch is an invalid request', async () => {
  assert.equal((await answer([])).error.code, -32600);
});

test('errors have the codes of JSON-RPC', async () => {
  assert.equal(JSON.parse((await post('{')).text).error.code, -32700);
  assert.equal((await answer({ id: 1 })).error.code, -32600);
  assert.equal((await answer(call(1, 'nothing_here'))).error.code, -32601);
  assert.equal((await answer(call(1, 'chain_getHeader', ['no hash']))).error.code, -32602);
});

test('other methods of HTTP and other contents are refused', async () => {
  assert.equal((await fetch(node.http, { method: 'PUT' })).status, 405);
  assert.equal((await post('{}', { 'content-type': 'text/plain' })).status, 415);
});

test('page of any origin may ask, after a preflight', async () => {
  const origin = 'https://wallet.example';
  const preflight = await fetch(node.http, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
  });
  assert.equal(preflight.status, 200);
  assert.ok(['*', origin].includes(preflight.headers.get('access-control-allow-origin')));
  assert.match(preflight.headers.get('access-control-allow-methods'), /POST|\*/);
  assert.match(preflight.headers.get('access-control-allow-headers'), /content-type|\*/i);
  const { headers, text } = await post(JSON.stringify(call(1, 'system_chain')), { origin, 'content-type': 'application/json' });
  assert.ok(['*', origin].includes(headers.get('access-control-allow-origin')));
  assert.equal(JSON.parse(text).result, 'Ziver Development');
});

test('messages of megabytes pass, in both directions', async () => {
  const code = (await rpc(node, 'state_getStorage', ['0x3a636f6465'])).result;
  assert.ok(code.length > 200_000, `${code.length}`);
  // Three megabytes that are no transaction: read whole, then refused for what they say.
  const { error } = await rpc(node, 'author_submitExtrinsic', ['0x' + '00'.repeat(3 * MIB / 2)]);
  assert.ok([1001, 1002, 1010].includes(error.code), JSON.stringify(error));
});

test('message over the limit is refused, the next one answered', async () => {
  const body = JSON.stringify(call(1, 'author_submitExtrinsic', ['0x' + '00'.repeat(20 * MIB)]));
  const refused = await post(body).catch((error) => ({ closed: error }));
  assert.ok(refused.closed || refused.status === 413 || JSON.parse(refused.text).error, refused.text?.slice(0, 200));
  assert.equal((await answer(call(1, 'system_chain'))).result, 'Ziver Development');
});

test('many questions at once are all answered', async () => {
  const numbers = Array.from({ length: 200 }, (_, i) => i);
  const answers = await Promise.all(numbers.map((id) => answer(call(id, 'chain_getBlockHash', [0]))));
  assert.deepEqual(answers.map(({ id }) => id), numbers);
  assert.equal(new Set(answers.map(({ result }) => result)).size, 1);
});
