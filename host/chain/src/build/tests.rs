//! What a runtime may not change of the block that it ends.

use ziver_primitives::{AccountId20, Digest, DigestItem, Hash, Header, inherents::InherentData};

use super::{BuildError, BuildRequest, author_digest, check_header};

const AUTHOR: AccountId20 = AccountId20([7; 20]);

fn verdict(change: impl FnOnce(&mut Header)) -> Option<&'static str> {
    let parent = Hash::repeat_byte(1);
    let request =
        BuildRequest { parent, author: AUTHOR, inherents: InherentData::with_timestamp(1), body_bytes_max: 100 };
    let mut header = Header {
        parent_hash: parent,
        number: 5,
        state_root: Hash::zero(),
        extrinsics_root: Hash::zero(),
        digest: Digest { logs: vec![author_digest(&AUTHOR), DigestItem::RuntimeEnvironmentUpdated] },
    };
    change(&mut header);
    match check_header(&header, &request, 5) {
        Ok(()) => None,
        Err(BuildError::Header(field)) => Some(field),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn header_that_continues_what_was_begun_is_taken() {
    assert_eq!(verdict(|_| {}), None);
}

#[test]
fn header_with_another_parent_number_or_author_is_refused() {
    assert_eq!(verdict(|header| header.parent_hash = Hash::repeat_byte(2)), Some("parent"));
    assert_eq!(verdict(|header| header.number = 6), Some("number"));
    assert_eq!(verdict(|header| header.digest.logs[0] = author_digest(&AccountId20([8; 20]))), Some("author"));
    assert_eq!(verdict(|header| header.digest.logs.swap(0, 1)), Some("author"), "it is the first item");
    assert_eq!(verdict(|header| header.digest.logs.clear()), Some("author"));
}
