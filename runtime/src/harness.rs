//! A chain in memory for the tests of this crate: the development genesis, blocks built and executed natively.

use alloc::{vec, vec::Vec};
use codec::{Decode, Encode};
use ziver_primitives::{
    AccountId20, Balance, Block, Digest, DigestItem, Hash, Header, Nonce, OpaqueExtrinsic, ZIVER_ENGINE_ID,
    transaction::{DevelopmentAccount, UnsignedTransaction},
};
use ziver_support::{Ctx, Externalities, MemoryExternalities};
use ziver_system::EventRecord;

use crate::{
    RuntimeCall, RuntimeEvent,
    executive::{self, ApplyExtrinsicResult},
    extrinsic::Extrinsic,
    genesis,
    version::SPEC_VERSION,
};

pub use DevelopmentAccount::{Alith, Baltathar, Charleth, Faith};

/// Who builds the blocks and gets the fees.
pub const AUTHOR: DevelopmentAccount = Faith;
/// Milliseconds between blocks.
const SLOT_MS: u64 = 2_000;

/// A chain in memory.
pub struct Chain {
    /// The state.
    pub ext: MemoryExternalities,
    /// The hash of block 0.
    pub genesis_hash: Hash,
    parent: Hash,
    number: u32,
    extrinsics: Vec<OpaqueExtrinsic>,
}

impl Chain {
    /// The development chain at genesis.
    pub fn new() -> Self {
        Self::with_genesis(&genesis::preset(Some(genesis::DEVELOPMENT)).unwrap())
    }

    /// A chain at the genesis that `json` describes.
    pub fn with_genesis(json: &[u8]) -> Self {
        let mut ext = MemoryExternalities::default();
        genesis::build_state(&mut Ctx::new(&mut ext), json).unwrap();
        let genesis_hash = Hash::repeat_byte(0x11);
        Self { ext, genesis_hash, parent: genesis_hash, number: 0, extrinsics: vec![] }
    }

    /// The context of a call.
    pub fn ctx(&mut self) -> Ctx<'_> {
        Ctx::new(&mut self.ext)
    }

    /// Another state with the same pairs.
    pub fn fork(&self) -> MemoryExternalities {
        let mut ext = MemoryExternalities::default();
        for (key, value) in self.ext.pairs() {
            ext.set(key, value);
        }
        ext
    }

    /// The header that begins the next block.
    pub fn next_header(&self) -> Header {
        let author = DigestItem::PreRuntime(ZIVER_ENGINE_ID, AUTHOR.account().encode());
        Header {
            parent_hash: self.parent,
            number: self.number + 1,
            state_root: Hash::zero(),
            extrinsics_root: Hash::zero(),
            digest: Digest { logs: vec![author] },
        }
    }

    /// The inherent of block `number`.
    pub fn inherent(number: u32) -> OpaqueExtrinsic {
        let call = RuntimeCall::Timestamp(ziver_timestamp::Call::set { now: u64::from(number) * SLOT_MS });
        OpaqueExtrinsic(Extrinsic::bare(call).to_bytes())
    }

    /// Begins a block and sets its time.
    pub fn begin(&mut self) -> &mut Self {
        let header = self.next_header();
        executive::initialize_block(&mut self.ctx(), &header);
        self.number += 1;
        self.extrinsics.clear();
        assert_eq!(self.apply(Self::inherent(self.number)), Ok(Ok(())));
        self
    }

    /// Applies an extrinsic to the block.
    pub fn apply(&mut self, extrinsic: OpaqueExtrinsic) -> ApplyExtrinsicResult {
        let result = executive::apply_and_keep_extrinsic(&mut self.ctx(), &extrinsic);
        if result.is_ok() {
            self.extrinsics.push(extrinsic);
        }
        result
    }

    /// Signs `call` with the account's next nonce.
    pub fn sign(&mut self, who: DevelopmentAccount, call: RuntimeCall) -> OpaqueExtrinsic {
        let nonce = self.nonce(who);
        self.unsigned(nonce, call).sign(&who.key())
    }

    /// A transaction that is right but for its signature.
    pub fn unsigned(&self, nonce: Nonce, call: RuntimeCall) -> UnsignedTransaction {
        let (genesis_hash, birth_hash) = (self.genesis_hash, self.genesis_hash);
        UnsignedTransaction {
            call: call.encode(),
            nonce,
            genesis_hash,
            birth_hash,
            spec_version: SPEC_VERSION,
            ..Default::default()
        }
    }

    /// Signs `call` and applies it.
    pub fn send(&mut self, who: DevelopmentAccount, call: RuntimeCall) -> ApplyExtrinsicResult {
        let extrinsic = self.sign(who, call);
        self.apply(extrinsic)
    }

    /// Ends the block.
    pub fn end(&mut self) -> Block {
        let header = executive::finalize_block(&mut self.ctx()).unwrap();
        self.parent = header.hash();
        Block { header, extrinsics: core::mem::take(&mut self.extrinsics) }
    }

    /// How many transactions `who` has sent.
    pub fn nonce(&mut self, who: DevelopmentAccount) -> Nonce {
        ziver_system::account::nonce(&self.ctx(), &who.account())
    }

    /// The free balance of `who`.
    pub fn free(&mut self, who: &AccountId20) -> Balance {
        ziver_balances::free_balance(&self.ctx(), who)
    }

    /// The events of the block.
    pub fn events(&self) -> Vec<EventRecord<RuntimeEvent, Hash>> {
        let key = ziver_primitives::storage_keys::item_prefix("System", "Events");
        self.ext.get(&key).map_or_else(Vec::new, |bytes| Decode::decode(&mut bytes.as_slice()).unwrap())
    }

    /// Free and reserved balances of all accounts together.
    pub fn sum_of_accounts(&mut self) -> Balance {
        let ctx = self.ctx();
        ziver_system::account::ACCOUNT.iter(&ctx).map(|(_, account)| account.data.free + account.data.reserved).sum()
    }
}

/// A transfer.
pub fn transfer(dest: AccountId20, value: Balance) -> RuntimeCall {
    RuntimeCall::Balances(ziver_balances::Call::transfer_keep_alive { dest, value })
}

/// A call that does nothing.
pub fn remark(remark: &[u8]) -> RuntimeCall {
    RuntimeCall::System(ziver_system::Call::remark { remark: remark.to_vec() })
}

/// `call` as root, by sudo.
pub fn sudo(call: RuntimeCall) -> RuntimeCall {
    RuntimeCall::Sudo(ziver_sudo::Call::sudo { call: call.into() })
}
