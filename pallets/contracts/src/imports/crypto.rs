//! Hashes and signatures.

use sha2::Digest as _;
use ziver_primitives::{
    ecdsa,
    hashing::{blake2_128, blake2_256, keccak_256},
    sr25519,
};

use super::{Answer, Host, ReturnCode};
use crate::{limits::CALL_BYTES_MAX, prices};

impl Host<'_, '_, '_, '_> {
    pub(super) fn crypto(&mut self, function: u32) -> Answer<u64> {
        match function {
            45 => self.ecdsa_recover(),
            46 => self.ecdsa_to_eth_address(),
            47 => self.sr25519_verify(),
            function => {
                let (pointer, len, out) = (self.u32(0), self.u32(1), self.u32(2));
                let each = if function == 59 { prices::SHA3_BYTE } else { prices::HASH_BYTE };
                self.charge(prices::hash(usize::try_from(len).unwrap_or(usize::MAX), each))?;
                let data = self.bytes(pointer, len, CALL_BYTES_MAX.saturating_mul(4))?;
                match function {
                    39 => self.write(out, &sha2::Sha256::digest(&data))?,
                    40 => self.write(out, &keccak_256(&data))?,
                    41 => self.write(out, &blake2_256(&data))?,
                    42 => self.write(out, &blake2_128(&data))?,
                    _ => self.write(out, &sha3::Sha3_256::digest(&data))?,
                }
                Ok(0)
            }
        }
    }

    /// `(signature, hash, out)`: the compressed public key. High s is refused, as everywhere on this chain.
    fn ecdsa_recover(&mut self) -> Answer<u64> {
        self.charge(prices::SIGNATURE)?;
        let (signature, hash) = (self.array::<65>(self.u32(0))?, self.array::<32>(self.u32(1))?);
        let Some(key) = ecdsa::recover(&signature, &hash) else { return Ok(ReturnCode::EcdsaRecoveryFailed.into()) };
        let (x, y) = key.split_at(32);
        let parity = y.last().copied().unwrap_or_default() & 1;
        let mut compressed = [2u8.saturating_add(parity); 33];
        for (byte, x) in compressed.iter_mut().skip(1).zip(x) {
            *byte = *x;
        }
        self.write(self.u32(2), &compressed)?;
        Ok(ReturnCode::Success.into())
    }

    /// `(compressed key, out)`: the address of the account that has this key.
    fn ecdsa_to_eth_address(&mut self) -> Answer<u64> {
        self.charge(prices::SIGNATURE)?;
        let compressed = self.array::<33>(self.u32(0))?;
        let Some(key) = ecdsa::decompress(&compressed) else { return Ok(ReturnCode::EcdsaRecoveryFailed.into()) };
        let [_, _, _, _, _, _, _, _, _, _, _, _, address @ ..] = keccak_256(&key);
        self.write(self.u32(1), &address)?;
        Ok(ReturnCode::Success.into())
    }

    /// `(signature, key, length of the message, message)`
    fn sr25519_verify(&mut self) -> Answer<u64> {
        let len = self.u32(2);
        self.charge(prices::SIGNATURE)?;
        self.charge_bytes(prices::MESSAGE_BYTE, len)?;
        let (signature, key) = (self.array::<64>(self.u32(0))?, self.array::<32>(self.u32(1))?);
        let message = self.bytes(self.u32(3), len, CALL_BYTES_MAX)?;
        Ok(match sr25519::verify(&signature, &message, &key) {
            true => ReturnCode::Success,
            false => ReturnCode::Sr25519VerifyFailed,
        }
        .into())
    }
}
