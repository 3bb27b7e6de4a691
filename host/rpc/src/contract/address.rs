//! The addresses of contracts, before they are there: those that the runtime gives them (`create` of its pallet).

use ziver_primitives::{AccountId20, Hash, Nonce, hashing::keccak_256};

/// By Ethereum's CREATE: of the sender and the transaction's nonce.
pub fn by_nonce(deployer: AccountId20, nonce: Nonce) -> AccountId20 {
    // RLP: the list of a string of 20 bytes and a number without leading zeros.
    let digits: Vec<u8> = nonce.to_be_bytes().into_iter().skip_while(|byte| *byte == 0).collect();
    let number = match digits.as_slice() {
        [small] if *small < 0x80 => vec![*small],
        digits => [&[0x80 | short(digits)], digits].concat(),
    };
    let payload = [&[0x94], deployer.0.as_slice(), &number].concat();
    last_20(keccak_256(&[&[0xc0 | short(&payload)], payload.as_slice()].concat()))
}

/// By the form of CREATE2: of the sender, the code, the constructor's input and a salt.
pub fn by_salt(deployer: AccountId20, code_hash: Hash, input: &[u8], salt: &[u8]) -> AccountId20 {
    let salt: [u8; 32] = salt.try_into().unwrap_or_else(|_| keccak_256(salt));
    let init = keccak_256(&[code_hash.as_bytes(), input].concat());
    last_20(keccak_256(&[&[0xff], deployer.0.as_slice(), &salt, &init].concat()))
}

/// A length below 56.
fn short(bytes: &[u8]) -> u8 {
    u8::try_from(bytes.len()).unwrap_or(u8::MAX)
}

fn last_20(hash: [u8; 32]) -> AccountId20 {
    let [_, _, _, _, _, _, _, _, _, _, _, _, address @ ..] = hash;
    AccountId20(address)
}
