// Contracts by @polkadot/api-contract: a contract with the ABI of ink! 5, deployed, called, read, its events decoded.

import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { CodePromise, ContractPromise } from '@polkadot/api-contract';
import { u8aToHex } from '@polkadot/util';
import { blake2AsHex } from '@polkadot/util-crypto';
import wabt from 'wabt';
import { accounts, send, startNode } from './node.mjs';

/** One boolean: `new(init)`, `flip()` with the event `Flipped(value)`, `get() -> bool`; `fail()` reverts with Err(LangError). */
const FLIPPER = `(module
  (import "seal0" "input" (func $input (param i32 i32)))
  (import "seal2" "set_storage" (func $set (param i32 i32 i32 i32) (result i32)))
  (import "seal1" "get_storage" (func $get (param i32 i32 i32 i32) (result i32)))
  (import "seal0" "deposit_event" (func $event (param i32 i32 i32 i32)))
  (import "seal0" "value_transferred" (func $value (param i32 i32)))
  (import "seal0" "seal_return" (func $return (param i32 i32 i32)))
  (import "env" "memory" (memory 2 16))
  (data (i32.const 64) "\\04\\11\\11\\11\\11\\11\\11\\11\\11\\11\\11\\11\\11\\11\\11\\11\\11\\11\\11\\11\\11\\11\\11\\11\\11\\11\\11\\11\\11\\11\\11\\11\\11")
  (data (i32.const 160) "\\01\\01")
  (func $read_input
    (i32.store (i32.const 4) (i32.const 64))
    (call $input (i32.const 256) (i32.const 4)))
  (func $load
    (i32.store (i32.const 8) (i32.const 1))
    (drop (call $get (i32.const 0) (i32.const 4) (i32.const 33) (i32.const 8))))
  (func $answer (param $len i32) (call $return (i32.const 0) (i32.const 32) (local.get $len)))
  (func (export "deploy")
    (call $read_input)
    (if (i32.ne (i32.load (i32.const 256)) (i32.const 0x5e9dae9b)) (then unreachable))
    (drop (call $set (i32.const 0) (i32.const 4) (i32.const 260) (i32.const 1)))
    (call $answer (i32.const 1)))
  (func (export "call")
    (call $read_input)
    (if (i32.eq (i32.load (i32.const 256)) (i32.const 0xd95b862f)) (then (call $load) (call $answer (i32.const 2))))
    (if (i32.eq (i32.load (i32.const 256)) (i32.const 0x00000000)) (then (call $return (i32.const 1) (i32.const 160) (i32.const 2))))
    (if (i32.ne (i32.load (i32.const 256)) (i32.const 0x51a53a63)) (then unreachable))
    (call $load)
    (i32.store8 (i32.const 33) (i32.eqz (i32.load8_u (i32.const 33))))
    (drop (call $set (i32.const 0) (i32.const 4) (i32.const 33) (i32.const 1)))
    (call $event (i32.const 64) (i32.const 33) (i32.const 33) (i32.const 1))
    (call $answer (i32.const 1))))`;

const TOPIC = `0x${'11'.repeat(32)}`;
const BOOL = { displayName: ['bool'], type: 0 };
const message = (label, selector, mutates, returnType) => ({
  args: [], default: false, docs: [], label, mutates, payable: false, returnType, selector,
});

const metadata = (wasm) => ({
  source: { hash: blake2AsHex(wasm), language: 'ink! 5.0.0', compiler: 'none', wasm: u8aToHex(wasm) },
  contract: { name: 'flipper', version: '0.1.0', authors: ['none'] },
  image: null,
  version: 5,
  spec: {
    constructors: [{
      args: [{ label: 'init', type: BOOL }], default: false, docs: [], label: 'new', payable: false,
      returnType: { displayName: ['ink_primitives', 'ConstructorResult'], type: 1 }, selector: '0x9bae9d5e',
    }],
    docs: [],
    environment: {
      accountId: { displayName: ['AccountId'], type: 4 }, balance: { displayName: ['Balance'], type: 6 },
      blockNumber: { displayName: ['BlockNumber'], type: 7 }, chainExtension: { displayName: ['ChainExtension'], type: 8 },
      hash: { displayName: ['Hash'], type: 9 }, timestamp: { displayName: ['Timestamp'], type: 10 }, maxEventTopics: 4,
      staticBufferSize: 16384,
    },
    events: [{
      args: [{ docs: [], indexed: false, label: 'value', type: BOOL }], docs: [], label: 'Flipped', module_path: 'flipper',
      signature_topic: TOPIC,
    }],
    lang_error: { displayName: ['ink', 'LangError'], type: 3 },
    messages: [
      message('flip', '0x633aa551', true, { displayName: ['ink', 'MessageResult'], type: 1 }),
      message('get', '0x2f865bd9', false, { displayName: ['ink', 'MessageResult'], type: 11 }),
      message('fail', '0x00000000', true, { displayName: ['ink', 'MessageResult'], type: 1 }),
    ],
  },
  storage: {
    root: { layout: { struct: { fields: [{ layout: { leaf: { key: '0x00000000', ty: 0 } }, name: 'value' }], name: 'Flipper' } }, root_key: '0x00000000', ty: 12 },
  },
  types: [
    { id: 0, type: { def: { primitive: 'bool' } } },
    result(1, 2), { id: 2, type: { def: { tuple: [] } } },
    { id: 3, type: { def: { variant: { variants: [{ index: 1, name: 'CouldNotReadInput' }] } }, path: ['ink_primitives', 'LangError'] } },
    { id: 4, type: { def: { array: { len: 20, type: 5 } } } }, { id: 5, type: { def: { primitive: 'u8' } } },
    { id: 6, type: { def: { primitive: 'u128' } } }, { id: 7, type: { def: { primitive: 'u32' } } },
    { id: 8, type: { def: { variant: {} }, path: ['ink_env', 'types', 'NoChainExtension'] } },
    { id: 9, type: { def: { array: { len: 32, type: 5 } } } }, { id: 10, type: { def: { primitive: 'u64' } } },
    result(11, 0),
    { id: 12, type: { def: { composite: { fields: [{ name: 'value', type: 0, typeName: 'bool' }] } }, path: ['flipper', 'Flipper'] } },
  ],
});

function result(id, ok) {
  return {
    id,
    type: {
      def: { variant: { variants: [{ fields: [{ type: ok }], index: 0, name: 'Ok' }, { fields: [{ type: 3 }], index: 1, name: 'Err' }] } },
      params: [{ name: 'T', type: ok }, { name: 'E', type: 3 }],
      path: ['Result'],
    },
  };
}

let node, api, contract, gasLimit, module;
before(async () => {
  node = await startNode();
  api = await node.api();
  gasLimit = api.registry.createType('WeightV2', { refTime: 50_000_000_000n, proofSize: 1_000_000n });
  const parsed = (await wabt()).parseWat('flipper.wat', FLIPPER);
  module = parsed.toBinary({}).buffer;
});
after(() => node?.stop({ check: true }));

const read = async () => {
  const { result, output } = await contract.query.get(accounts.alith.address, { gasLimit });
  assert.ok(result.isOk, `${result}`);
  return output.toJSON().ok;
};

/** The name of the error that a transaction ends with. */
const errorOf = async (call) => {
  const { dispatchError } = await send(call, accounts.alith);
  return api.registry.findMetaError(dispatchError.asModule).name;
};

test('bundle is deployed', async () => {
  const code = new CodePromise(api, metadata(module), module);
  const tx = code.tx.new({ gasLimit, storageDepositLimit: null }, true);
  const deployed = await new Promise((resolve, reject) => {
    tx.signAndSend(accounts.alith, (sent) => {
      if (sent.dispatchError) reject(new Error(`${sent.dispatchError}`));
      if (sent.contract) resolve(sent.contract);
    }).catch(reject);
  });
  contract = new ContractPromise(api, metadata(module), deployed.address);
  assert.equal(deployed.address.toString().length, 42);
  assert.equal(await read(), true);
  const info = (await api.query.contracts.contractInfoOf(deployed.address)).unwrap();
  assert.equal(info.owner.unwrap().toString(), accounts.alith.address);
});

test('call changes the state, and its event decodes', async () => {
  const dry = await contract.query.flip(accounts.alith.address, { gasLimit });
  assert.ok(dry.result.isOk && dry.gasConsumed.refTime.toBigInt() > 0n);
  assert.equal(await read(), true, 'a dry run changes nothing');
  const { events } = await send(contract.tx.flip({ gasLimit: dry.gasRequired }), accounts.baltathar);
  const record = events.find(({ event }) => api.events.contracts.ContractEmitted.is(event));
  const decoded = contract.abi.decodeEvent(record);
  assert.equal(decoded.event.identifier.toString(), 'flipper::Flipped');
  assert.deepEqual(decoded.args.map((arg) => arg.toJSON()), [false]);
  assert.equal(await read(), false);
});

test('revert is told by the dry run and by the transaction', async () => {
  const { result, output } = await contract.query.fail(accounts.alith.address, { gasLimit });
  assert.ok(result.asOk.flags.bits.toNumber() & 1);
  assert.equal(output.toJSON().err, 'CouldNotReadInput');
  assert.equal(await errorOf(contract.tx.fail({ gasLimit })), 'ContractReverted');
});

test('gas that does not suffice is an error, and is paid for', async () => {
  const little = api.registry.createType('WeightV2', { refTime: 5_000_000n, proofSize: 0n });
  const { result } = await contract.query.flip(accounts.alith.address, { gasLimit: little });
  const error = api.registry.findMetaError(result.asErr.asModule);
  assert.equal(error.name, 'OutOfGas');
  assert.equal(await errorOf(contract.tx.flip({ gasLimit: little })), 'OutOfGas');
});

test('contract that was deployed is found by its address alone', async () => {
  const again = new ContractPromise(await node.api(), metadata(module), contract.address);
  const { output } = await again.query.get(accounts.charleth.address, { gasLimit });
  assert.equal(output.toJSON().ok, false);
});
