// dedot joined to a node in each of its modes, and an account that signs for it.

import { secp256k1 } from '@noble/curves/secp256k1';
import { keccak_256 } from '@noble/hashes/sha3';
import { DedotClient, WsProvider } from 'dedot';

/** A client of `node`: `legacy`, or `v2`, which the library finds out by itself. */
export function dedot(node, mode) {
  const provider = new WsProvider(node.ws);
  return mode === 'legacy' ? DedotClient.legacy(provider) : DedotClient.new(provider);
}

/** What dedot takes for a key pair. One of @polkadot/keyring would prepend a byte to the signature that says its kind. */
export function dedotAccount(key) {
  const secret = key.slice(2);
  const address = keccak_256(secp256k1.getPublicKey(secret, false).subarray(1)).subarray(-20);
  return {
    address: '0x' + Buffer.from(address).toString('hex'),
    sign(message) {
      const signature = secp256k1.sign(keccak_256(message), secret);
      return Uint8Array.from([...signature.toCompactRawBytes(), signature.recovery]);
    },
  };
}
