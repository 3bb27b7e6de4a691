use codec::Encode;
use ziver_support::pallets;

use crate::{
    RuntimeCall,
    harness::{remark, sudo, transfer},
};

#[test]
fn indices_are_those_of_the_list_of_pallets() {
    let batch = RuntimeCall::Utility(ziver_utility::Call::batch { calls: Default::default() });
    let time = RuntimeCall::Timestamp(ziver_timestamp::Call::set { now: 0 });
    let calls = [
        (remark(b""), pallets::SYSTEM),
        (batch, pallets::UTILITY),
        (time, pallets::TIMESTAMP),
        (transfer([0; 20].into(), 0), pallets::BALANCES),
        (sudo(remark(b"")), pallets::SUDO),
    ];
    for (call, pallet) in calls {
        assert_eq!(call.encode().first(), Some(&pallet.index), "{}", pallet.name);
    }
}
