// A contract that others wrote in ink! 5 and published on npm, bundle and all, runs here as it is.

import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CodePromise, ContractPromise } from '@polkadot/api-contract';
import { accounts, send, startNode } from './node.mjs';

/** Taken as a file: nothing of what the package depends on is wanted, and none of its scripts runs. */
const PACKAGE = '@abaxfinance/contract-helpers@0.0.124';
const SHA512 = 'uozJ+lgHEaCzXqulBClg/mKjjTikcYU7M8YipduHz/bbVNJIkHluMPgQHklE35F2815qA0dikbObrsFs/lz87g==';
const BUNDLE = 'package/src/typechain/artifacts/flipper.contract';

const execute = promisify(execFile);

/** The bundle, from npm or from its cache. */
async function published() {
  const folder = await mkdtemp(join(tmpdir(), 'ziver-ink-'));
  try {
    const { stdout } = await execute('npm', ['pack', PACKAGE, '--silent', '--prefer-offline', '--pack-destination', folder]);
    const archive = join(folder, stdout.trim());
    assert.equal(createHash('sha512').update(await readFile(archive)).digest('base64'), SHA512);
    await execute('tar', ['-xzf', archive, '-C', folder, BUNDLE]);
    return await readFile(join(folder, BUNDLE), 'utf8');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

let node, api, bundle, contract, gasLimit;
before(async () => {
  node = await startNode();
  api = await node.api();
  gasLimit = api.registry.createType('WeightV2', { refTime: 50_000_000_000n, proofSize: 1_000_000n });
  bundle = await published();
});
after(() => node?.stop({ check: true }));

const read = async () => {
  const { result, output } = await contract.query.get(accounts.alith.address, { gasLimit });
  assert.ok(result.isOk, `${result}`);
  return output.toJSON().ok;
};

test('published ink! bundle is deployed', async () => {
  assert.match(JSON.parse(bundle).source.language, /^ink! 5/);
  const code = new CodePromise(api, bundle, undefined);
  const deployed = await new Promise((resolve, reject) => {
    code.tx.new({ gasLimit, storageDepositLimit: null }, true).signAndSend(accounts.alith, (sent) => {
      if (sent.dispatchError) reject(new Error(`${sent.dispatchError}`));
      if (sent.contract) resolve(sent.contract);
    }).catch(reject);
  });
  contract = new ContractPromise(api, bundle, deployed.address);
  assert.equal(await read(), true);
});

test('its messages change its state, estimated by a dry run', async () => {
  const dry = await contract.query.flip(accounts.alith.address, { gasLimit });
  assert.ok(dry.result.isOk, `${dry.result}`);
  const { dispatchError, events } = await send(contract.tx.flip({ gasLimit: dry.gasRequired }), accounts.baltathar);
  assert.equal(dispatchError, undefined);
  assert.equal(await read(), false);
  const emitted = events.filter(({ event }) => api.events.contracts.ContractEmitted.is(event));
  const decoded = emitted.map((record) => contract.abi.decodeEvent(record));
  assert.deepEqual(decoded.map(({ event, args }) => [event.identifier, args.map((arg) => arg.toJSON())]), [['flipper::Flipped', [false]]]);
});

test('its errors and panics undo what it did', async () => {
  const name = ({ dispatchError }) => api.registry.findMetaError(dispatchError.asModule).name;
  assert.equal(name(await send(contract.tx.returnError({ gasLimit }), accounts.alith)), 'ContractReverted');
  assert.equal(name(await send(contract.tx.doPanic({ gasLimit }), accounts.alith)), 'ContractTrapped');
  assert.equal(await read(), false);
});
