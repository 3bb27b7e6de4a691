//! Modules made of random choices: most are contracts, the others want to be.

use std::sync::LazyLock;

use arbitrary::{Arbitrary, Unstructured};
use wasm_smith::{Config, MemoryOffsetChoices, Module};
use ziver_contracts::code::imports::{IMPORTS, Val};

/// A small generator (SplitMix64): the same numbers on each machine and for ever.
pub struct Random(u64);

impl Random {
    /// The numbers that come from a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    pub fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.next() as u8).collect()
    }
}

/// What a case is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A module that keeps to the rules: nearly always a contract.
    Contract,
    /// A module of any features and sizes.
    Raw,
    /// A contract with some bytes changed.
    Damaged,
    /// No module: imports with plausible arguments, by a contract that is there.
    Script,
}

/// The kind of the case with this number, and its module.
pub fn make(seed: u64) -> (Kind, Vec<u8>) {
    let mut random = Random::new(seed);
    match seed % 10 {
        0 => (Kind::Raw, raw(&mut random)),
        1 => (Kind::Damaged, damaged(&mut random)),
        2 => (Kind::Script, Vec::new()),
        _ => (Kind::Contract, contract(&mut random)),
    }
}

/// A module with all known imports, to choose from.
static KNOWN: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let name = |val: &Val| if *val == Val::I32 { "i32" } else { "i64" };
    let functions = IMPORTS.iter().map(|import| {
        let params = import.params.iter().map(name).collect::<Vec<_>>().join(" ");
        let result = import.result.iter().map(|val| format!("(result {})", name(val))).collect::<String>();
        format!(r#"(import "{}" "{}" (func (param {params}) {result}))"#, import.module, import.name)
    });
    wat::parse_str(format!("(module {})", functions.collect::<String>())).expect("valid")
});

static ENTRIES: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let text = r#"(module (memory (export "m") 1 16) (func (export "call")) (func (export "deploy")))"#;
    wat::parse_str(text).expect("valid")
});

fn contract(random: &mut Random) -> Vec<u8> {
    let large = random.below(10) == 0;
    let config = Config {
        available_imports: Some(KNOWN.clone()),
        exports: Some(ENTRIES.clone()),
        allow_floats: false,
        allow_start_export: false,
        bulk_memory_enabled: false,
        // Every other module traps little, so that it gets further.
        disallow_traps: random.below(2) == 0,
        exceptions_enabled: false,
        extended_const_enabled: false,
        gc_enabled: false,
        max_data_segments: 4,
        max_funcs: if large { 300 } else { 30 },
        min_funcs: 3,
        max_imports: 10,
        max_instructions: if large { 20_000 } else { 1_000 },
        // The exported one is the only one.
        max_memories: 0,
        max_memory32_bytes: 16 << 16,
        max_table_elements: 200,
        // Exports count here too.
        max_type_size: 100_000,
        memory64_enabled: false,
        memory_offset_choices: MemoryOffsetChoices(90, 9, 1),
        multi_value_enabled: false,
        reference_types_enabled: false,
        relaxed_simd_enabled: false,
        saturating_float_to_int_enabled: false,
        simd_enabled: false,
        tail_call_enabled: false,
        threads_enabled: false,
        ..Config::default()
    };
    // Not all choices lead to a module; where none of these do, the last are a case of their own.
    let mut choices = Vec::new();
    for _ in 0..50 {
        let length = if large { 100_000 } else { 1_000 + random.below(15_000) };
        choices = random.bytes(length);
        if let Ok(module) = Module::new(config.clone(), &mut Unstructured::new(&choices)) {
            return module.to_bytes();
        }
    }
    choices
}

fn raw(random: &mut Random) -> Vec<u8> {
    let length = 1_000 + random.below(60_000);
    let settings = random.bytes(1_000);
    let config = Config::arbitrary(&mut Unstructured::new(&settings)).unwrap_or_default();
    let choices = random.bytes(length);
    // Where they lead to no module, they are refused too.
    let module = Module::new(config, &mut Unstructured::new(&choices));
    module.map_or(choices.clone(), |module| module.to_bytes())
}

fn damaged(random: &mut Random) -> Vec<u8> {
    let mut module = contract(random);
    for _ in 0..1 + random.below(4) {
        let at = random.below(module.len());
        module[at] = random.next() as u8;
    }
    if random.below(8) == 0 {
        let len = random.below(module.len());
        module.truncate(len);
    }
    module
}
