// The node is restarted under connected clients: each joins again by itself, goes on watching, and sends.

import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { dedot, dedotAccount } from './dedot.mjs';
import { accounts, eventually, KEYS, names, send, startNode, stranger, ZIV } from './node.mjs';
import { papi, papiSigner } from './papi.mjs';

const pjs = {
  join: () => node.api(),
  watch: (api, see) => api.rpc.chain.subscribeFinalizedHeads(({ number }) => see(number.toNumber())),
  async transfer(api, name) {
    const { events } = await send(api.tx.balances.transferKeepAlive(stranger().address, ZIV), accounts[name]);
    return names(events).at(-1) === 'system.ExtrinsicSuccess';
  },
  close: () => {},
};

const papiIn = (mode) => ({
  join: async () => papi(node, mode),
  watch: ({ client }, see) => client.finalizedBlock$.subscribe({ next: ({ number }) => see(number), error: () => {} }),
  async transfer({ api }, name) {
    const call = api.tx.Balances.transfer_keep_alive({ dest: stranger().address, value: ZIV });
    return (await call.signAndSubmit(papiSigner(KEYS[name]))).ok;
  },
  close: ({ client }) => client.destroy(),
});

const dedotIn = (mode) => ({
  join: () => dedot(node, mode),
  watch: (client, see) => client.block.finalized(({ number }) => see(number)),
  async transfer(client, name) {
    const call = client.tx.balances.transferKeepAlive(stranger().address, ZIV);
    return (await call.signAndSend(dedotAccount(KEYS[name])).untilFinalized()).dispatchError === undefined;
  },
  close: (client) => client.disconnect(),
});

const KINDS = {
  '@polkadot/api': [pjs, 'alith'],
  'PAPI, default': [papiIn('default'), 'baltathar'],
  'PAPI, legacy': [papiIn('legacy'), 'charleth'],
  'dedot, v2': [dedotIn('v2'), 'dorothy'],
  'dedot, legacy': [dedotIn('legacy'), 'ethan'],
};

const joined = {};
const seen = {};
let node;
before(async () => {
  node = await startNode(['--sealing', 'interval=200']);
  for (const [name, [kind]] of Object.entries(KINDS)) {
    joined[name] = await kind.join();
    kind.watch(joined[name], (number) => (seen[name] = number));
  }
});
after(async () => {
  for (const [name, client] of Object.entries(joined)) await KINDS[name][0].close(client);
  await node?.stop({ check: true });
});

/** Restarts the node and awaits that each of the clients sees blocks that it can't have seen before. */
async function restart(signal, clients) {
  await eventually(() => clients.every((name) => seen[name] > 3), { what: 'blocks at each client' });
  const last = Math.max(...Object.values(seen));
  await node.restart(signal);
  for (const name of clients) await eventually(() => seen[name] > last + 4, { what: `a new block at ${name}` });
}

describe('crash of the node', () => {
  const all = Object.keys(KINDS);
  before(() => restart('SIGKILL', all));
  for (const name of all) {
    const [kind, sender] = KINDS[name];
    test(`${name} goes on`, async () => assert.ok(await kind.transfer(joined[name], sender)));
  }
});

describe('orderly restart of the node', () => {
  // dedot takes the server's orderly end of the connection for its own.
  const some = Object.keys(KINDS).filter((name) => !name.startsWith('dedot'));
  before(async () => {
    for (const name of Object.keys(KINDS)) {
      if (some.includes(name)) continue;
      await KINDS[name][0].close(joined[name]);
      delete joined[name];
    }
    await restart('SIGTERM', some);
  });
  for (const name of some) {
    const [kind, sender] = KINDS[name];
    test(`${name} goes on`, async () => assert.ok(await kind.transfer(joined[name], sender)));
  }
});
