//! Transactions that come in: taken, ordered, refused.

use codec::Encode;
use ziver_engine::{Action, Event, Status, Submission, SubmitError, limits::PENDING_BYTES_MAX};
use ziver_pool::SubmitError as PoolError;
use ziver_primitives::{Hash, OpaqueExtrinsic, transaction::UnsignedTransaction, validity::InvalidTransaction};

use crate::fixture::{Alith, Baltathar, Bed, Charleth, transfer_call};

#[test]
fn transfer_goes_the_whole_way_to_finality() {
    let mut bed = Bed::manual();
    let transfer = bed.transfer(Baltathar, 0);
    let hash = bed.submit(&transfer).unwrap();
    assert_eq!(hash, transfer.hash());
    let block = bed.seal();
    bed.seal();
    bed.seal();
    assert_eq!(
        bed.statuses(&hash),
        [
            Status::Ready,
            Status::InBlock { block: block.hash, index: 1 },
            Status::Finalized { block: block.hash, index: 1 },
        ],
    );
    assert_eq!(bed.engine.pool().watched_count(), 0);
}

#[test]
fn nonce_gap_waits_and_next_index_counts_only_what_is_ready() {
    let mut bed = Bed::manual();
    assert_eq!(bed.next_index(Baltathar), 0);
    let [first, second, fourth] = [0, 1, 3].map(|nonce| bed.transfer(Baltathar, nonce));
    let waiting = bed.submit(&fourth).unwrap();
    assert_eq!(bed.statuses(&waiting), [Status::Future]);
    bed.submit(&second).unwrap();
    bed.submit(&first).unwrap();
    assert_eq!(bed.next_index(Baltathar), 2);
    assert_eq!(bed.pending(), [first.hash(), second.hash()]);
    let third = bed.transfer(Baltathar, 2);
    bed.submit(&third).unwrap();
    assert_eq!(bed.statuses(&waiting), [Status::Future, Status::Ready]);
    assert_eq!(bed.next_index(Baltathar), 4);
    let block = bed.seal();
    assert_eq!(bed.transactions(&block.hash), [first, second, third, fourth].map(|extrinsic| extrinsic.hash()));
}

#[test]
fn pending_transactions_end_at_so_many_bytes() {
    let mut bed = Bed::manual();
    let size = 2 << 20;
    for nonce in 0..9 {
        // System.remark
        let remark = bed.signed(Baltathar, nonce, 0, (0u8, 0u8, vec![7u8; size]).encode());
        bed.submit(&remark).unwrap();
    }
    assert_eq!(bed.engine.pool().size().ready_count, 9);
    assert_eq!(bed.pending().len(), PENDING_BYTES_MAX / size);
}

#[test]
fn higher_tip_goes_first_and_replaces() {
    let mut bed = Bed::manual();
    let plain = bed.transfer(Baltathar, 0);
    let tipped = bed.signed(Charleth, 0, 10u128.pow(15), transfer_call(1));
    let replacement = bed.signed(Baltathar, 0, 10u128.pow(16), transfer_call(2));
    let old = bed.submit(&plain).unwrap();
    bed.submit(&tipped).unwrap();
    assert_eq!(bed.pending(), [tipped.hash(), plain.hash()]);
    let new = bed.submit(&replacement).unwrap();
    assert_eq!(bed.statuses(&old), [Status::Ready, Status::Usurped { by: new }]);
    assert_eq!(bed.pending(), [replacement.hash(), tipped.hash()]);
    let again = bed.submit(&plain);
    assert!(matches!(again, Err(SubmitError::Pool(PoolError::TooLowPriority { .. }))), "{again:?}");
}

#[test]
fn duplicate_is_refused_with_its_hash() {
    let mut bed = Bed::manual();
    let transfer = bed.transfer(Baltathar, 0);
    let hash = bed.submit(&transfer).unwrap();
    assert_eq!(bed.submit(&transfer), Err(SubmitError::Pool(PoolError::AlreadyImported(hash))));
}

#[test]
fn each_bad_transaction_is_refused_with_its_own_error() {
    let mut bed = Bed::manual();
    let genesis = bed.engine.reader().genesis_hash();
    let good = UnsignedTransaction {
        call: transfer_call(1),
        genesis_hash: genesis,
        birth_hash: genesis,
        ..UnsignedTransaction::default()
    };
    let sign = |transaction: UnsignedTransaction| transaction.sign(&Baltathar.key());
    let signature_at = 1 + 20;
    let mut forged = sign(good.clone());
    forged.0[signature_at + 5] ^= 1;
    let mut high_s = sign(good.clone());
    negate_s(&mut high_s.0[signature_at..signature_at + 65]);
    let other_genesis = sign(UnsignedTransaction { genesis_hash: Hash::repeat_byte(1), ..good.clone() });
    let other_spec = sign(UnsignedTransaction { spec_version: 99, ..good.clone() });
    let poor = sign(UnsignedTransaction { tip: u128::MAX, ..good.clone() });
    let unknown_call = sign(UnsignedTransaction { call: vec![200, 0], ..good.clone() });
    let truncated = OpaqueExtrinsic(sign(good.clone()).0[..60].to_vec());
    let bare = OpaqueExtrinsic((4u8, 3u8, 0u8, codec::Compact(5u64)).encode());
    for (what, extrinsic, expected) in [
        ("forged", forged, InvalidTransaction::BadProof),
        ("high s", high_s, InvalidTransaction::BadProof),
        ("other genesis", other_genesis, InvalidTransaction::BadProof),
        ("other spec version", other_spec, InvalidTransaction::BadProof),
        ("poor", poor, InvalidTransaction::Payment),
        ("unknown call", unknown_call, InvalidTransaction::Call),
        ("truncated", truncated, InvalidTransaction::Call),
        ("bare", bare, InvalidTransaction::MandatoryValidation),
    ] {
        assert_eq!(bed.submit(&extrinsic), Err(SubmitError::Invalid(expected)), "{what}");
    }
    for bytes in [vec![], vec![0x84], vec![4, 1, 2], [sign(good).encode(), vec![0]].concat(), vec![255; 40]] {
        assert_eq!(bed.submit_bytes(bytes.clone()), Err(SubmitError::Malformed), "{bytes:?}");
    }
    let long = OpaqueExtrinsic(vec![0; 5 << 20]).encode();
    assert!(matches!(bed.submit_bytes(long), Err(SubmitError::Pool(PoolError::TooLong { .. }))));
    assert_eq!(bed.engine.pool().size(), Default::default());
    bed.seal();
}

/// Makes of a signature its twin with the other s and the other v.
fn negate_s(signature: &mut [u8]) {
    const ORDER: [u8; 32] = [
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe, 0xba, 0xae,
        0xdc, 0xe6, 0xaf, 0x48, 0xa0, 0x3b, 0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x41,
    ];
    let mut borrow = 0i16;
    for place in (0..32).rev() {
        let digit = i16::from(ORDER[place]) - i16::from(signature[32 + place]) - borrow;
        borrow = i16::from(digit < 0);
        signature[32 + place] = u8::try_from(digit.rem_euclid(256)).unwrap();
    }
    signature[64] ^= 1;
}

#[test]
fn stale_nonce_is_refused_after_its_block() {
    let mut bed = Bed::manual();
    let transfer = bed.transfer(Baltathar, 0);
    bed.submit(&transfer).unwrap();
    bed.seal();
    assert_eq!(bed.submit(&transfer), Err(SubmitError::Invalid(InvalidTransaction::Stale)));
}

#[test]
fn transaction_that_became_invalid_is_removed_reported_and_banned() {
    let mut bed = Bed::manual();
    let money = 1_000_000 * 10u128.pow(18);
    let all = bed.signed(Baltathar, 0, 0, transfer_call(money - 10u128.pow(18)));
    let late = bed.signed(Baltathar, 1, 2 * 10u128.pow(18), transfer_call(1));
    bed.submit(&all).unwrap();
    let hash = bed.submit(&late).unwrap();
    let block = bed.seal();
    assert_eq!(bed.transactions(&block.hash), [all.hash()]);
    assert_eq!(bed.statuses(&hash), [Status::Ready, Status::Invalid]);
    assert_eq!(bed.submit(&late), Err(SubmitError::Pool(PoolError::TemporarilyBanned)));
    assert_eq!(bed.engine.pool().size(), Default::default());
}

#[test]
fn transaction_too_heavy_for_one_block_waits_for_the_next() {
    let mut bed = Bed::manual();
    let remark = |bed: &Bed, nonce| bed.signed(Alith, nonce, 0, (0u8, 0u8, vec![0u8; 1 << 20]).encode());
    let remarks: Vec<_> = (0..6).map(|nonce| remark(&bed, nonce)).collect();
    for remark in &remarks {
        bed.submit(remark).unwrap();
    }
    let first = bed.seal();
    let count = bed.transactions(&first.hash).len();
    assert!((1..6).contains(&count), "{count}");
    assert_eq!(bed.pending().len(), 6 - count, "what did not fit stays");
    let second = bed.seal();
    assert_eq!(bed.transactions(&second.hash).len(), 6 - count);
}

#[test]
fn unwatched_transaction_tells_no_more() {
    let mut bed = Bed::manual();
    let transfer = bed.transfer(Baltathar, 0);
    let hash = bed.submit(&transfer).unwrap();
    bed.handle(Event::Unwatch { hash });
    bed.seal();
    assert_eq!(bed.statuses(&hash), [Status::Ready]);
}

/// Submissions of all kinds; some come twice, some are refused.
fn crowd(bed: &Bed, seed: u64) -> Vec<(u64, Submission)> {
    let mut random = seed;
    let mut draw = |below: u64| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) % below
    };
    let mut one = |id: u64| {
        let who = [Alith, Baltathar, Charleth][draw(3) as usize];
        let transfer = bed.signed(who, draw(8) as u32, u128::from(draw(3)) * 10u128.pow(12), transfer_call(1));
        let mut bytes = transfer.encode();
        match draw(8) {
            0 => bytes[30] ^= 1,
            1 => bytes.truncate(20),
            _ => {}
        }
        let submission = Submission::local(bytes);
        let (watch, join, replace) = (draw(2) == 0, draw(2) == 0, draw(10) == 0);
        (id, Submission { watch, join, replace, ..submission })
    };
    (0..80).map(&mut one).collect()
}

#[test]
fn submissions_together_are_answered_as_one_after_the_other() {
    for seed in 1..6 {
        let (mut alone, mut together) = (Bed::manual(), Bed::manual());
        let crowd = crowd(&alone, seed);
        for (id, submission) in crowd.clone() {
            alone.handle(Event::Submit { id, submission });
        }
        together.handle(Event::SubmitAll { submissions: crowd });
        let replies = |bed: &Bed| {
            let reply = |action: &Action| match action {
                Action::Reply { id, reply } => Some((*id, format!("{reply:?}"))),
                _ => None,
            };
            bed.actions.iter().filter_map(reply).collect::<std::collections::BTreeMap<_, _>>()
        };
        assert_eq!(replies(&alone), replies(&together), "seed {seed}");
        assert_eq!(replies(&alone).len(), 80);
        assert_eq!(alone.pending(), together.pending());
        assert_eq!(alone.seal().hash, together.seal().hash);
    }
}
