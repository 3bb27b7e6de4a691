//! Transaction mortality: a transaction is valid for a period of blocks from its birth on, or for ever.
//!
//! Two bytes: the low 4 bits hold log2(period) - 1, the rest the phase in steps of `max(period / 4096, 1)`; one zero
//! byte is immortal (Polkadot specification, "Extrinsic mortality").

use codec::{Decode, DecodeWithMemTracking, Encode, Error, Input, Output};
use scale_info::{
    Path, Type, TypeInfo,
    build::{Fields, Variants},
};

/// How long a transaction may be included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Era {
    /// For ever.
    Immortal,
    /// From the last block whose number is `phase` modulo `period` on, for `period` blocks. `period` is a power of two
    /// from 4 to 65,536; `phase` is less and a multiple of the step.
    Mortal {
        /// Number of blocks.
        period: u64,
        /// Birth, modulo `period`.
        phase: u64,
    },
}

impl Era {
    /// The era of `period` blocks (rounded up to a power of two in 4..=65,536) that holds block `current`.
    pub fn mortal(period: u64, current: u64) -> Self {
        let period = period.checked_next_power_of_two().unwrap_or(1 << 16).clamp(4, 1 << 16);
        let phase = current.checked_rem(period).unwrap_or(0);
        let step = step(period);
        Self::Mortal { period, phase: phase.saturating_sub(phase.checked_rem(step).unwrap_or(0)) }
    }

    /// The first block of the era that holds block `current`; its hash is signed.
    pub fn birth(self, current: u64) -> u64 {
        match self {
            Self::Immortal => 0,
            Self::Mortal { period, phase } => {
                let since = current.max(phase).saturating_sub(phase);
                since.saturating_sub(since.checked_rem(period).unwrap_or(0)).saturating_add(phase)
            }
        }
    }

    /// The first block at which a transaction of this era is no longer valid.
    pub fn death(self, current: u64) -> u64 {
        match self {
            Self::Immortal => u64::MAX,
            Self::Mortal { period, .. } => self.birth(current).saturating_add(period),
        }
    }
}

/// The unit in which a phase is written.
fn step(period: u64) -> u64 {
    period.wrapping_shr(12).max(1)
}

impl Encode for Era {
    fn size_hint(&self) -> usize {
        2
    }

    fn encode_to<T: Output + ?Sized>(&self, output: &mut T) {
        match *self {
            Self::Immortal => output.push_byte(0),
            Self::Mortal { period, phase } => {
                let low = period.trailing_zeros().saturating_sub(1).clamp(1, 15);
                let quantised = phase.checked_div(step(period)).unwrap_or(0);
                let word = u64::from(low) | quantised.wrapping_shl(4);
                output.write(&u16::try_from(word).unwrap_or(u16::MAX).to_le_bytes());
            }
        }
    }
}

impl codec::EncodeLike for Era {}

impl Decode for Era {
    fn decode<I: Input>(input: &mut I) -> Result<Self, Error> {
        let first = input.read_byte()?;
        if first == 0 {
            return Ok(Self::Immortal);
        }
        let word = u64::from(u16::from_le_bytes([first, input.read_byte()?]));
        let period = 2u64.wrapping_shl(u32::from(first & 0x0f));
        let phase = word.wrapping_shr(4).saturating_mul(step(period));
        if period >= 4 && phase < period {
            Ok(Self::Mortal { period, phase })
        } else {
            Err("period or phase of an era is out of range".into())
        }
    }
}

impl DecodeWithMemTracking for Era {}

/// Clients know the era as an enum of 256 variants: `Immortal`, and `Mortal1` to `Mortal255` with one byte each.
impl TypeInfo for Era {
    type Identity = Self;

    fn type_info() -> Type {
        let mut variants = Variants::new().variant("Immortal", |v| v.index(0));
        for index in 1..=u8::MAX {
            let name: &'static str = MORTAL_NAMES.get(usize::from(index)).copied().unwrap_or("Mortal");
            variants = variants.variant(name, |v| v.index(index).fields(Fields::unnamed().field(|f| f.ty::<u8>())));
        }
        Type::builder().path(Path::new("Era", "sp_runtime::generic::era")).variant(variants)
    }
}

/// `Mortal1` to `Mortal255`, by index.
static MORTAL_NAMES: [&str; 256] = [
    "Immortal",
    "Mortal1",
    "Mortal2",
    "Mortal3",
    "Mortal4",
    "Mortal5",
    "Mortal6",
    "Mortal7",
    "Mortal8",
    "Mortal9",
    "Mortal10",
    "Mortal11",
    "Mortal12",
    "Mortal13",
    "Mortal14",
    "Mortal15",
    "Mortal16",
    "Mortal17",
    "Mortal18",
    "Mortal19",
    "Mortal20",
    "Mortal21",
    "Mortal22",
    "Mortal23",
    "Mortal24",
    "Mortal25",
    "Mortal26",
    "Mortal27",
    "Mortal28",
    "Mortal29",
    "Mortal30",
    "Mortal31",
    "Mortal32",
    "Mortal33",
    "Mortal34",
    "Mortal35",
    "Mortal36",
    "Mortal37",
    "Mortal38",
    "Mortal39",
    "Mortal40",
    "Mortal41",
    "Mortal42",
    "Mortal43",
    "Mortal44",
    "Mortal45",
    "Mortal46",
    "Mortal47",
    "Mortal48",
    "Mortal49",
    "Mortal50",
    "Mortal51",
    "Mortal52",
    "Mortal53",
    "Mortal54",
    "Mortal55",
    "Mortal56",
    "Mortal57",
    "Mortal58",
    "Mortal59",
    "Mortal60",
    "Mortal61",
    "Mortal62",
    "Mortal63",
    "Mortal64",
    "Mortal65",
    "Mortal66",
    "Mortal67",
    "Mortal68",
    "Mortal69",
    "Mortal70",
    "Mortal71",
    "Mortal72",
    "Mortal73",
    "Mortal74",
    "Mortal75",
    "Mortal76",
    "Mortal77",
    "Mortal78",
    "Mortal79",
    "Mortal80",
    "Mortal81",
    "Mortal82",
    "Mortal83",
    "Mortal84",
    "Mortal85",
    "Mortal86",
    "Mortal87",
    "Mortal88",
    "Mortal89",
    "Mortal90",
    "Mortal91",
    "Mortal92",
    "Mortal93",
    "Mortal94",
    "Mortal95",
    "Mortal96",
    "Mortal97",
    "Mortal98",
    "Mortal99",
    "Mortal100",
    "Mortal101",
    "Mortal102",
    "Mortal103",
    "Mortal104",
    "Mortal105",
    "Mortal106",
    "Mortal107",
    "Mortal108",
    "Mortal109",
    "Mortal110",
    "Mortal111",
    "Mortal112",
    "Mortal113",
    "Mortal114",
    "Mortal115",
    "Mortal116",
    "Mortal117",
    "Mortal118",
    "Mortal119",
    "Mortal120",
    "Mortal121",
    "Mortal122",
    "Mortal123",
    "Mortal124",
    "Mortal125",
    "Mortal126",
    "Mortal127",
    "Mortal128",
    "Mortal129",
    "Mortal130",
    "Mortal131",
    "Mortal132",
    "Mortal133",
    "Mortal134",
    "Mortal135",
    "Mortal136",
    "Mortal137",
    "Mortal138",
    "Mortal139",
    "Mortal140",
    "Mortal141",
    "Mortal142",
    "Mortal143",
    "Mortal144",
    "Mortal145",
    "Mortal146",
    "Mortal147",
    "Mortal148",
    "Mortal149",
    "Mortal150",
    "Mortal151",
    "Mortal152",
    "Mortal153",
    "Mortal154",
    "Mortal155",
    "Mortal156",
    "Mortal157",
    "Mortal158",
    "Mortal159",
    "Mortal160",
    "Mortal161",
    "Mortal162",
    "Mortal163",
    "Mortal164",
    "Mortal165",
    "Mortal166",
    "Mortal167",
    "Mortal168",
    "Mortal169",
    "Mortal170",
    "Mortal171",
    "Mortal172",
    "Mortal173",
    "Mortal174",
    "Mortal175",
    "Mortal176",
    "Mortal177",
    "Mortal178",
    "Mortal179",
    "Mortal180",
    "Mortal181",
    "Mortal182",
    "Mortal183",
    "Mortal184",
    "Mortal185",
    "Mortal186",
    "Mortal187",
    "Mortal188",
    "Mortal189",
    "Mortal190",
    "Mortal191",
    "Mortal192",
    "Mortal193",
    "Mortal194",
    "Mortal195",
    "Mortal196",
    "Mortal197",
    "Mortal198",
    "Mortal199",
    "Mortal200",
    "Mortal201",
    "Mortal202",
    "Mortal203",
    "Mortal204",
    "Mortal205",
    "Mortal206",
    "Mortal207",
    "Mortal208",
    "Mortal209",
    "Mortal210",
    "Mortal211",
    "Mortal212",
    "Mortal213",
    "Mortal214",
    "Mortal215",
    "Mortal216",
    "Mortal217",
    "Mortal218",
    "Mortal219",
    "Mortal220",
    "Mortal221",
    "Mortal222",
    "Mortal223",
    "Mortal224",
    "Mortal225",
    "Mortal226",
    "Mortal227",
    "Mortal228",
    "Mortal229",
    "Mortal230",
    "Mortal231",
    "Mortal232",
    "Mortal233",
    "Mortal234",
    "Mortal235",
    "Mortal236",
    "Mortal237",
    "Mortal238",
    "Mortal239",
    "Mortal240",
    "Mortal241",
    "Mortal242",
    "Mortal243",
    "Mortal244",
    "Mortal245",
    "Mortal246",
    "Mortal247",
    "Mortal248",
    "Mortal249",
    "Mortal250",
    "Mortal251",
    "Mortal252",
    "Mortal253",
    "Mortal254",
    "Mortal255",
];

#[cfg(test)]
mod tests;
