//! Signature schemes, batches, keystores and indices as a runtime of another chain gets them.

use codec::Encode;
use hex_literal::hex;
use k256::ecdsa::SigningKey;
use ziver_executor::{CallError, CompileStrategy, Overlay};
use ziver_primitives::hashing::blake2_256;

use crate::guest::{code, entry, executor};

/// A signature of 64 bytes with its key, over [`MESSAGE`].
struct Signed {
    scheme: &'static str,
    signature: [u8; 64],
    key: [u8; 32],
}

const MESSAGE: &[u8] = b"a message";

/// Made by `@polkadot/util-crypto`.
const SIGNED: [Signed; 2] = [
    Signed {
        scheme: "ed25519_verify_version_1",
        signature: hex!(
            "d9d87e5230ccd94e998e33c3f1c6581bad88169d1df3f71b160bf479f95c843e83d0dc37c12809d7ed5040924fafa67129dbdd18163560ac997b941a86c3f204"
        ),
        key: hex!("ea4a6c63e29c520abef5507b132ec5f9954776aebebe7b92421eea691446d22c"),
    },
    Signed {
        scheme: "sr25519_verify_version_2",
        signature: hex!(
            "ce41de1855c16364e7b31e19e4baa7649dcd135fe8de6fc665b39d6054eb72473362b0b7085e879a10ece4650ebb174de21bb8b560b2ac8c9a94cbacc8e5c889"
        ),
        key: hex!("7c0f469d3bd340bae718203fa30ca071a5e37c751e891dbded837b213d45d91d"),
    },
];

/// Signature, key and message one after another: what the runtimes below take as their input.
fn input(signature: &[u8], key: &[u8], message: &[u8]) -> Vec<u8> {
    [signature, key, message].concat()
}

/// `(call $f signature message key)` for an [`input`] with lengths as in `widths`.
fn check(function: &str, widths: (u32, u32)) -> String {
    let (signature, key) = widths;
    let head = signature + key;
    let message = format!(
        "(i64.or (i64.shl (i64.extend_i32_u (i32.sub (local.get $len) (i32.const {head}))) (i64.const 32)) \
         (i64.extend_i32_u (i32.add (local.get $pointer) (i32.const {head}))))"
    );
    format!("(call {function} (local.get $pointer) {message} (i32.add (local.get $pointer) (i32.const {signature})))")
}

/// Runs `body`, which leaves an `i32`, with these functions imported; answers that number.
fn run(imports: &[(&str, &str)], body: &str, input: &[u8]) -> Result<u32, CallError> {
    let import = |(name, ty): &(&str, &str)| {
        let id = name.trim_start_matches("ext_");
        format!(r#"(import "env" "{name}" (func ${id} {ty}))"#)
    };
    let imports: String = imports.iter().map(import).collect();
    let body = format!("(i32.store (i32.const 0) {body}) (i64.const 0x400000000)");
    let code = code(&imports, &entry("run", &body));
    let answer = executor(CompileStrategy::WinchOnly).call(&code, "run", input, &mut Overlay::default())?;
    Ok(u32::from_le_bytes(answer.try_into().unwrap()))
}

const VERIFY: &str = "(param i32 i64 i32) (result i32)";

fn verify(scheme: &str, widths: (u32, u32), input: &[u8]) -> u32 {
    let name = format!("ext_crypto_{scheme}");
    let call = check(&format!("$crypto_{scheme}"), widths);
    run(&[(&name, VERIFY)], &call, input).unwrap()
}

#[test]
fn signatures_of_other_libraries_are_valid_and_damaged_ones_not() {
    for Signed { scheme, signature, key } in &SIGNED {
        assert_eq!(verify(scheme, (64, 32), &input(signature, key, MESSAGE)), 1, "{scheme}");
        for place in [0, 31, 32, 63, 64, 95, 96] {
            let mut damaged = input(signature, key, MESSAGE);
            damaged[place] ^= 4;
            assert_eq!(verify(scheme, (64, 32), &damaged), 0, "{scheme}, byte {place}");
        }
        // ZIP 215 multiplies by the cofactor, so a key of small order signs everything; sr25519 has no such keys.
        let nothing = input(&[0; 64], &[0; 32], MESSAGE);
        let expected = u32::from(scheme.starts_with("ed25519"));
        assert_eq!(verify(scheme, (64, 32), &nothing), expected, "{scheme} of zeroes");
        let never = input(&[0xff; 64], &[0xff; 32], MESSAGE);
        assert_eq!(verify(scheme, (64, 32), &never), 0, "{scheme} of what is no point");
    }
}

#[test]
fn ed25519_follows_its_rfc() {
    let vectors = [
        (
            hex!(
                "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
            ),
            hex!("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"),
            &[][..],
        ),
        (
            hex!(
                "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
            ),
            hex!("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"),
            &[0x72],
        ),
    ];
    for (signature, key, message) in vectors {
        assert_eq!(verify("ed25519_verify_version_1", (64, 32), &input(&signature, &key, message)), 1);
    }
}

#[test]
fn signatures_from_before_the_audit_are_valid_in_version_one_alone() {
    let message =
        b"Verifying that I am the owner of 5G9hQLdsKQswNPgB499DeA5PkFBbgkLPJWkkS6FAM6xGQ8xD. Hash: 221455a3\n";
    let early = input(
        &hex!(
            "5a9755f069939f45d96aaf125cf5ce7ba1db998686f87f2fb3cbdea922078741a73891ba265f70c31436e18a9acd14d189d73c12317ab6c313285cd938453202"
        ),
        &hex!("b4bfa1f7a5166695eb75299fd1c4c03ea212871c342f2c5dfea0902b2c246918"),
        message,
    );
    assert_eq!(verify("sr25519_verify_version_1", (64, 32), &early), 1);
    assert_eq!(verify("sr25519_verify_version_2", (64, 32), &early), 0);
    let Signed { signature, key, .. } = &SIGNED[1];
    assert_eq!(verify("sr25519_verify_version_1", (64, 32), &input(signature, key, MESSAGE)), 1);
}

#[test]
fn ecdsa_is_checked_by_recovery_so_that_v_counts() {
    let secret = SigningKey::from_slice(&[7; 32]).unwrap();
    let (signature, id) = secret.sign_prehash_recoverable(&blake2_256(MESSAGE));
    let point = secret.verifying_key().to_sec1_point(true);
    let signed = |v: u8| input(&[&signature.to_bytes()[..], &[v]].concat(), point.as_bytes(), MESSAGE);
    for scheme in ["ecdsa_verify_version_1", "ecdsa_verify_version_2", "ecdsa_batch_verify_version_1"] {
        assert_eq!(verify(scheme, (65, 33), &signed(id.to_byte())), 1, "{scheme}");
        assert_eq!(verify(scheme, (65, 33), &signed(id.to_byte() ^ 1)), 0, "{scheme} with another v");
        assert_eq!(verify(scheme, (65, 33), &signed(id.to_byte() + 27)), 0, "{scheme} with Ethereum's v");
    }
}

const START: (&str, &str) = ("ext_crypto_start_batch_verify_version_1", "");
const FINISH: (&str, &str) = ("ext_crypto_finish_batch_verify_version_1", "(result i32)");

#[test]
fn batch_is_valid_if_all_in_it_are() {
    for Signed { scheme, signature, key } in &SIGNED {
        let scheme = format!("{}_batch_verify_version_1", &scheme[..7]);
        let name = format!("ext_crypto_{scheme}");
        let call = check(&format!("$crypto_{scheme}"), (64, 32));
        // The answers while the batch is open say nothing yet; twice the same, then the outcome.
        let body = format!(
            "(call $crypto_start_batch_verify_version_1) \
             (i32.add (i32.mul (i32.const 10) (i32.mul {call} {call})) (call $crypto_finish_batch_verify_version_1))"
        );
        let imports = [START, FINISH, (name.as_str(), VERIFY)];
        let valid = input(signature, key, MESSAGE);
        let invalid = input(signature, key, b"another");
        assert_eq!(run_twice(&imports, &body, &valid), 11);
        assert_eq!(run_twice(&imports, &body, &invalid), 10);
        // Without a batch the answer is the signature's.
        assert_eq!(verify(&scheme, (64, 32), &valid), 1);
        assert_eq!(verify(&scheme, (64, 32), &invalid), 0);
    }
}

/// [`run`], where `body` begins with a statement.
fn run_twice(imports: &[(&str, &str)], body: &str, input: &[u8]) -> u32 {
    run(imports, &format!("(block (result i32) {body})"), input).unwrap()
}

#[test]
fn batch_begun_twice_or_ended_unbegun_ends_the_call() {
    let twice = "(block (result i32) (call $crypto_start_batch_verify_version_1) \
                 (call $crypto_start_batch_verify_version_1) (i32.const 1))";
    let never = "(call $crypto_finish_batch_verify_version_1)";
    for (body, expected) in [(twice, "a batch is open already"), (never, "no batch is open")] {
        match run(&[START, FINISH], body, &[]) {
            Err(CallError::Trap { message, .. }) => assert_eq!(message, expected),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn keystore_is_empty() {
    let imports = [
        ("ext_crypto_sr25519_public_keys_version_1", "(param i32) (result i64)"),
        ("ext_crypto_sr25519_sign_version_1", "(param i32 i32 i64) (result i64)"),
    ];
    // One byte each: an empty vector, and none.
    let keys =
        "(i64.eq (i64.shr_u (call $crypto_sr25519_public_keys_version_1 (i32.const 0)) (i64.const 32)) (i64.const 1))";
    assert_eq!(run(&imports, keys, &[]).unwrap(), 1);
    let signature =
        "(i32.load8_u (i32.wrap_i64 (call $crypto_sr25519_sign_version_1 (i32.const 0) (i32.const 0) (i64.const 0))))";
    assert_eq!(run(&imports, signature, &[]).unwrap(), 0);
}

#[test]
fn indexing_of_data_is_taken_and_forgotten() {
    let imports = [
        ("ext_transaction_index_index_version_1", "(param i32 i32 i32)"),
        ("ext_transaction_index_renew_version_1", "(param i32 i32)"),
    ];
    let body = "(block (result i32) (call $transaction_index_index_version_1 (i32.const 0) (i32.const 1) (i32.const 2)) \
                (call $transaction_index_renew_version_1 (i32.const 0) (i32.const 2)) (i32.const 5))";
    assert_eq!(run(&imports, body, &5u32.encode()).unwrap(), 5);
}
