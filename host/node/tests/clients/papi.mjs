// polkadot-api (PAPI) joined to a node in each of its modes, and an Ethereum-style signer for it.

import { secp256k1 } from '@noble/curves/secp256k1';
import { keccak_256 } from '@noble/hashes/sha3';
import { middleware } from '@polkadot-api/ws-middleware';
import { getWsProvider as getProvider } from '@polkadot-api/ws-provider';
import { createClient } from 'polkadot-api';
import { getPolkadotSigner } from 'polkadot-api/signer';
import { getWsProvider, getWsRawProvider, SocketEvents } from 'polkadot-api/ws';
import WebSocket from 'ws';

const NEW_SPEC = /^(chainHead|chainSpec|transaction|transactionWatch|archive)_/;

/** For a provider: the node seems to serve the legacy methods alone. */
const withoutNewSpec = (base) => (onMessage, onHalt) =>
  base((message) => {
    const methods = message.result?.methods;
    if (Array.isArray(methods)) message.result.methods = methods.filter((method) => !NEW_SPEC.test(method));
    onMessage(message);
  }, onHalt);

const PROVIDERS = {
  // What a user gets who asks for nothing: the new specification where the node lists it.
  default: getWsProvider,
  // The new specification without any of the library's mending of nodes.
  raw: getWsRawProvider,
  legacy: (url, config) => getProvider(url, { ...config, middleware: (base) => middleware(withoutNewSpec(base)) }),
};

/** A client of `node`; `sent` are the names of the methods that it called. */
export function papi(node, mode) {
  const sent = new Set();
  const provider = PROVIDERS[mode](node.ws, {
    websocketClass: WebSocket,
    logger(event) {
      if (event.type === SocketEvents.OUT) sent.add(JSON.parse(event.msg).method);
    },
  });
  const client = createClient(provider);
  return { client, api: client.getUnsafeApi(), sent };
}

/** Signs as the account of a private key. */
export function papiSigner(key) {
  const secret = key.slice(2);
  const address = keccak_256(secp256k1.getPublicKey(secret, false).subarray(1)).subarray(-20);
  return getPolkadotSigner(address, 'Ecdsa', (input) => {
    const signature = secp256k1.sign(keccak_256(input), secret);
    return Uint8Array.from([...signature.toCompactRawBytes(), signature.recovery]);
  });
}
