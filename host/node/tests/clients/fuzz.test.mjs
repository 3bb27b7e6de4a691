// The JSON-RPC layer under damaged and random requests: each is answered, and the node lives on.
//
// ZIVER_FUZZ_SECONDS says for how long (a few seconds unless set), ZIVER_FUZZ_SEED repeats a run.

import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import WebSocket from 'ws';
import { rpc, startNode } from './node.mjs';

const SECONDS = Number(process.env.ZIVER_FUZZ_SECONDS ?? 3);
const SEED = Number(process.env.ZIVER_FUZZ_SEED ?? randomInt(2 ** 31));
assert.ok(SECONDS > 0 && SECONDS < Infinity, 'ZIVER_FUZZ_SECONDS must be a number above 0');
assert.ok(Number.isInteger(SEED), 'ZIVER_FUZZ_SEED must be a whole number');

let node, methods, genesis;
before(async () => {
  node = await startNode();
  methods = (await rpc(node, 'rpc_methods')).result.methods;
  genesis = (await rpc(node, 'chain_getBlockHash', [0])).result;
  assert.ok(methods.length > 30);
});
after(() => node?.stop({ check: true }));

/** Mulberry32: small, and the same everywhere. */
function randomFrom(seed) {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

function maker(random) {
  const pick = (list) => list[random(list.length)];
  const hex = (bytes) => '0x' + Array.from({ length: bytes }, () => random(256).toString(16).padStart(2, '0')).join('');
  const leaf = () =>
    pick([
      () => null,
      () => random(2) === 0,
      () => pick([0, -0, 1, -1, 2 ** 31, 2 ** 32, 2 ** 53, -(2 ** 63), 2 ** 64, 1e308, 0.5]),
      () => hex(pick([0, 1, 20, 31, 32, 33, 65, 200])),
      () => genesis,
      () => pick(['', '0x', '0xz', '0x0', '0x1', '0x3a636f6465', 'latest', 'Core_version', 'Metadata_metadata', '\u0000', '\ud83d\ude00', 'x'.repeat(5_000)]),
    ])();
  const value = (depth) =>
    depth === 0 || random(3) > 0
      ? leaf()
      : random(2) === 0
        ? Array.from({ length: random(4) }, () => value(depth - 1))
        : Object.fromEntries(Array.from({ length: random(4) }, () => [String(leaf()), value(depth - 1)]));
  const request = () => ({
    jsonrpc: pick(['2.0', '2.0', '2.0', '2.0', '1.0', 2]),
    id: pick([1, 1, 1, 'one', null, undefined, 1.5, {}]),
    method: random(10) === 0 ? leaf() : pick(methods),
    params: random(8) === 0 ? value(3) : Array.from({ length: random(4) }, () => value(3)),
  });
  const damaged = (text) => {
    const at = random(text.length + 1);
    const byte = String.fromCharCode(random(128));
    return pick([
      () => text.slice(0, at),
      () => text.slice(0, at) + byte + text.slice(at),
      () => text.slice(0, at) + byte + text.slice(at + 1),
      () => text + text,
      () => '['.repeat(random(200)) + text,
    ])();
  };
  return () => {
    const whole = random(6) === 0 ? Array.from({ length: random(20) }, request) : request();
    const text = JSON.stringify(whole) ?? '';
    return random(4) === 0 ? damaged(text) : text;
  };
}

/** An answer is one object or a list of them, each with a result or an error that has a code and a message. */
function assertAnswer(text, request) {
  for (const answer of [JSON.parse(text)].flat()) {
    const { jsonrpc, error } = answer;
    assert.equal(jsonrpc, '2.0', `${text} to ${request}`);
    if (error) assert.ok(Number.isInteger(error.code) && typeof error.message === 'string', `${text} to ${request}`);
    else assert.ok('result' in answer || 'method' in answer, `${text} to ${request}`);
  }
}

test('requests over HTTP are answered whatever they are', async () => {
  const next = maker(randomFrom(SEED));
  const end = Date.now() + SECONDS * 1_000;
  let count = 0;
  for (; Date.now() < end; count++) {
    const body = next();
    const response = await fetch(node.http, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    const text = await response.text();
    assert.ok([200, 204, 400, 413, 429, 503].includes(response.status), `status ${response.status} to ${body}, seed ${SEED}`);
    // Who asked for nothing gets no content, and all others something.
    assert.equal(text === '', response.status === 204, `status ${response.status}, ${JSON.stringify(text)} to ${body}, seed ${SEED}`);
    if (response.status === 200) assertAnswer(text, `${body}, seed ${SEED}`);
  }
  assert.ok(count > 0, 'nothing was asked');
  assert.ok((await rpc(node, 'chain_getHeader')).result.number, `the node answers after ${count} requests, seed ${SEED}`);
});

test('requests over a WebSocket are answered whatever they are', async () => {
  const next = maker(randomFrom(SEED + 1));
  const end = Date.now() + SECONDS * 1_000;
  let received = 0;
  while (Date.now() < end) {
    const socket = new WebSocket(node.ws);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    socket.on('message', (data) => {
      received += 1;
      assertAnswer(data.toString(), `seed ${SEED}`);
    });
    // What is taken for an attack may be hung up on; then another connection goes on.
    for (let sent = 0; sent < 100 && Date.now() < end && socket.readyState === WebSocket.OPEN; sent++) {
      socket.send(next());
      await new Promise((resolve) => setImmediate(resolve));
    }
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.close();
    await closed;
  }
  assert.ok(received > 0);
  assert.ok((await rpc(node, 'chain_getHeader')).result.number, `seed ${SEED}`);
  assert.doesNotMatch(node.log(), /panicked/);
});
