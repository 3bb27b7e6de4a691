// All JavaScript clients at once on one node, in each of their modes, one of Python among them, and the runtime is replaced under them.

import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Keyring } from '@polkadot/api';
import { dedot, dedotAccount } from './dedot.mjs';
import { accounts, eventually, KEYS, names, nonceOf, rpc, send, startNode, stranger, upgradedRuntime, ZIV } from './node.mjs';
import { papi, papiSigner } from './papi.mjs';

const TOPIC = '0x' + '7a'.repeat(32);
const TRANSFERS = 5;

let node, api, code;
before(async () => {
  code = await upgradedRuntime();
  node = await startNode(['--sealing', 'interval=300', '--state-pruning', 'archive']);
  api = await node.api();
  // More clients than development accounts.
  KEYS.guest = '0x' + '5a'.repeat(32);
  accounts.guest = new Keyring({ type: 'ethereum' }).addFromUri(KEYS.guest);
  await send(api.tx.balances.transferKeepAlive(accounts.guest.address, 1_000n * ZIV), accounts.alith);
});
// Old blocks are executed again with old code, new ones with new code.
after(() => node?.stop({ check: true }));

/** A kind of client: joins the node, transfers, knows the version, sends the new call, is closed. */
const pjs = {
  join: () => node.api(),
  transfer: (api, name, to) => send(api.tx.balances.transferKeepAlive(to, ZIV), accounts[name]),
  version: (api) => api.runtimeVersion.specVersion.toNumber(),
  // The new metadata comes after the new version.
  ready: (api) => Boolean(api.tx.system.remarkWithTopic),
  async remark(api, name) {
    return names((await send(api.tx.system.remarkWithTopic('0x01', TOPIC), accounts[name])).events);
  },
  close: () => {},
};

const papiIn = (mode) => ({
  join: async () => papi(node, mode),
  transfer: ({ api }, name, to) => api.tx.Balances.transfer_keep_alive({ dest: to, value: ZIV }).signAndSubmit(papiSigner(KEYS[name])),
  version: async ({ api }) => (await api.constants.System.Version()).spec_version,
  ready: () => true,
  async remark({ api }, name) {
    const call = api.tx.System.remark_with_topic({ remark: Uint8Array.of(1), topic: TOPIC });
    const { events } = await call.signAndSubmit(papiSigner(KEYS[name]));
    return events.map(({ type, value }) => `${type.toLowerCase()}.${value.type}`);
  },
  close: ({ client }) => client.destroy(),
});

const dedotIn = (mode) => ({
  join: () => dedot(node, mode),
  transfer: (client, name, to) =>
    client.tx.balances.transferKeepAlive(to, ZIV).signAndSend(dedotAccount(KEYS[name])).untilFinalized(),
  version: (client) => client.runtimeVersion.specVersion,
  ready: (client) => client.consts.system.version.specVersion === 2,
  async remark(client, name) {
    const { events } = await client.tx.system
      .remarkWithTopic('0x01', TOPIC)
      .signAndSend(dedotAccount(KEYS[name]))
      .untilFinalized();
    return events.map(({ event }) => `${event.pallet.toLowerCase()}.${event.palletEvent.name}`);
  },
  close: (client) => client.disconnect(),
});

/** Python's substrate-interface in a process of its own, which does what it is told line by line. */
const python = {
  async join() {
    assert.ok(process.env.ZIVER_PYTHON, 'ZIVER_PYTHON must name a Python with substrate-interface; scripts/test-clients does it');
    const script = new URL('python/agent.py', import.meta.url).pathname;
    const child = spawn(process.env.ZIVER_PYTHON, ['-B', script, node.ws], { stdio: ['pipe', 'pipe', 'inherit'] });
    const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    return {
      child,
      async ask(...request) {
        child.stdin.write(JSON.stringify(request) + '\n');
        const { value, done } = await answers.next();
        assert.ok(!done, 'the Python client ended');
        return JSON.parse(value);
      },
    };
  },
  transfer: (agent, name, to) => agent.ask('transfer', KEYS[name], to),
  version: (agent) => agent.ask('version'),
  ready: () => true,
  remark: (agent, name) => agent.ask('remark', KEYS[name], TOPIC),
  close: ({ child }) => child.stdin.end(),
};

const KINDS = {
  '@polkadot/api': [pjs, 'baltathar'],
  'PAPI, default': [papiIn('default'), 'charleth'],
  'PAPI, raw': [papiIn('raw'), 'dorothy'],
  'PAPI, legacy': [papiIn('legacy'), 'ethan'],
  'dedot, v2': [dedotIn('v2'), 'faith'],
  'dedot, legacy': [dedotIn('legacy'), 'alith'],
  'substrate-interface': [python, 'guest'],
};

describe('all clients on one node', () => {
  const joined = {};
  let isReplaced = false;
  after(() => Promise.allSettled(Object.entries(joined).map(([kind, client]) => KINDS[kind][0].close(client))));

  test('they join it at the same time', async () => {
    await Promise.all(Object.entries(KINDS).map(async ([name, [kind]]) => (joined[name] = await kind.join())));
  });

  test('they transfer at the same time, and none is in the others\' way', async () => {
    const receiver = stranger().address;
    const senders = Object.values(KINDS).map(([, sender]) => accounts[sender]);
    const nonces = () => Promise.all(senders.map((sender) => nonceOf(api, sender)));
    const before = await nonces();
    const each = Object.entries(KINDS).map(async ([name, [kind, sender]]) => {
      for (let i = 0; i < TRANSFERS; i++) await kind.transfer(joined[name], sender, receiver);
    });
    await Promise.all(each);
    const { data } = await api.query.system.account(receiver);
    assert.equal(data.free.toBigInt(), BigInt(TRANSFERS * each.length) * ZIV);
    assert.deepEqual(await nonces(), before.map((nonce) => nonce + TRANSFERS));
  });

  test('the runtime is replaced', async () => {
    for (const [name, [kind]] of Object.entries(KINDS)) assert.equal(await kind.version(joined[name]), 1, name);
    const { block } = await send(api.tx.sudo.sudo(api.tx.system.setCode('0x' + code.toString('hex'))), accounts.alith);
    assert.ok((await rpc(node, 'chain_getHeader', [block.toHex()])).result.digest.logs.includes('0x08'));
    isReplaced = true;
  });

  for (const [name, [kind, sender]] of Object.entries(KINDS)) {
    test(`${name} follows and sends the new call`, async () => {
      assert.ok(isReplaced, 'not without the new runtime');
      const client = joined[name];
      await eventually(async () => (await kind.version(client)) === 2 && kind.ready(client), { what: 'the new version' });
      const events = await kind.remark(client, sender);
      assert.ok(events.includes('system.Remarked'), `${events}`);
      assert.equal(events.at(-1), 'system.ExtrinsicSuccess');
    });
  }
});
