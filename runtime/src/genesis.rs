//! Genesis: the state that a chain starts from, made of JSON by the runtime itself.
//!
//! ```json
//! {
//!   "balances": { "balances": [["0xf24F...6cac", "1000000000000000000000000"]] },
//!   "sudo": { "key": "0xf24F...6cac" },
//!   "transactionPayment": { "burnShare": 0 }
//! }
//! ```
//!
//! Every part may be absent; unknown fields are errors, so that a slip of the pen can't go unnoticed. Amounts are whole
//! numbers or texts of decimal digits, in the smallest unit of the token; `burnShare` is in millionths.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::value::RawValue;
use ziver_primitives::{AccountId20, Balance, UNIT};
use ziver_support::Ctx;
use ziver_system::code;

use crate::{upgrade, version::VERSION};

/// The name of the preset for development chains.
pub const DEVELOPMENT: &str = "development";
/// What each development account has, in the smallest unit.
const DEVELOPMENT_BALANCE: Balance = 1_000_000 * UNIT;
/// Alith, Baltathar, Charleth, Dorothy, Ethan, Faith: accounts whose keys everybody knows.
#[rustfmt::skip]
const DEVELOPMENT_ACCOUNTS: [AccountId20; 6] = [
    AccountId20([0xf2, 0x4f, 0xf3, 0xa9, 0xcf, 0x04, 0xc7, 0x1d, 0xbc, 0x94, 0xd0, 0xb5, 0x66, 0xf7, 0xa2, 0x7b, 0x94, 0x56, 0x6c, 0xac]),
    AccountId20([0x3c, 0xd0, 0xa7, 0x05, 0xa2, 0xdc, 0x65, 0xe5, 0xb1, 0xe1, 0x20, 0x58, 0x96, 0xba, 0xa2, 0xbe, 0x8a, 0x07, 0xc6, 0xe0]),
    AccountId20([0x79, 0x8d, 0x4b, 0xa9, 0xba, 0xf0, 0x06, 0x4e, 0xc1, 0x9e, 0xb4, 0xf0, 0xa1, 0xa4, 0x57, 0x85, 0xae, 0x9d, 0x6d, 0xfc]),
    AccountId20([0x77, 0x35, 0x39, 0xd4, 0xac, 0x0e, 0x78, 0x62, 0x33, 0xd9, 0x0a, 0x23, 0x36, 0x54, 0xcc, 0xee, 0x26, 0xa6, 0x13, 0xd9]),
    AccountId20([0xff, 0x64, 0xd3, 0xf6, 0xef, 0xe2, 0x31, 0x7e, 0xe2, 0x80, 0x7d, 0x22, 0x3a, 0x0b, 0xdc, 0x4c, 0x0c, 0x49, 0xdf, 0xdb]),
    AccountId20([0xc0, 0xf0, 0xf4, 0xab, 0x32, 0x4c, 0x46, 0xe5, 0x5d, 0x02, 0xd0, 0x03, 0x33, 0x43, 0xb4, 0xbe, 0x8a, 0x55, 0x53, 0x2d]),
];

/// What a chain specification says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
pub struct GenesisConfig {
    /// The first accounts.
    pub balances: BalancesConfig,
    /// The key that may do anything.
    pub sudo: SudoConfig,
    /// Fees.
    pub transaction_payment: FeesConfig,
}

/// The first accounts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
pub struct BalancesConfig {
    /// Account and free balance.
    pub balances: Vec<(AccountId20, Amount)>,
}

/// The key that may do anything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
pub struct SudoConfig {
    /// Its account.
    pub key: Option<AccountId20>,
}

/// Fees.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
pub struct FeesConfig {
    /// The share of a fee that is burnt, in millionths.
    pub burn_share: u32,
}

/// An amount in the smallest unit. Written as a text, since many readers of JSON lose digits of large numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amount(pub Balance);

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.to_string())
    }
}

/// From the digits as they stand: no way over floating point.
impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?.get();
        let digits = raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(raw);
        let is_number = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
        let amount = is_number.then(|| digits.parse().ok()).flatten();
        amount.map(Self).ok_or_else(|| de::Error::custom("an amount is a whole number of at most 128 bits"))
    }
}

/// Writes the genesis state that `json` describes. Errors: a text for the operator.
pub fn build_state(ctx: &mut Ctx, json: &[u8]) -> Result<(), String> {
    let config: GenesisConfig = serde_json::from_slice(json).map_err(|error| error.to_string())?;
    let balances: Vec<_> = config.balances.balances.iter().map(|(who, amount)| (*who, amount.0)).collect();
    ziver_balances::genesis(ctx, &balances).map_err(|error| error.to_string())?;
    ziver_fees::genesis(ctx, config.transaction_payment.burn_share).map_err(|error| error.to_string())?;
    ziver_sudo::genesis(ctx, config.sudo.key);
    code::note_version(ctx, &VERSION);
    upgrade::build_genesis(ctx);
    Ok(())
}

/// The JSON of a preset; of the default configuration where `name` is `None`.
pub fn preset(name: Option<&str>) -> Option<Vec<u8>> {
    let config = match name {
        None => GenesisConfig::default(),
        Some(DEVELOPMENT) => development(),
        Some(_) => return None,
    };
    serde_json::to_vec(&config).ok()
}

/// Development accounts with money; Alith has the key.
fn development() -> GenesisConfig {
    let [alith, ..] = DEVELOPMENT_ACCOUNTS;
    GenesisConfig {
        balances: BalancesConfig {
            balances: DEVELOPMENT_ACCOUNTS.iter().map(|who| (*who, Amount(DEVELOPMENT_BALANCE))).collect(),
        },
        sudo: SudoConfig { key: Some(alith) },
        transaction_payment: FeesConfig::default(),
    }
}

#[cfg(test)]
mod tests;
