//! Random modules: prepared code does what the original does, and nothing makes preparation panic.
//!
//! Each module comes from a number, which a failing test names. The tests whose names end in `_slow` take more of them.

use super::{
    machine::{End, Machine},
    naive,
    programs::program,
    validate,
};
use crate::code::{
    imports::{IMPORTS, Val},
    prepare,
};
use arbitrary::Unstructured;
use wasm_smith::{Config, MemoryOffsetChoices};

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

    fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.next() as u8).collect()
    }
}

/// A module with all known imports, to choose from.
fn known_imports() -> Vec<u8> {
    let name = |val: &Val| if *val == Val::I32 { "i32" } else { "i64" };
    let functions = IMPORTS.iter().map(|import| {
        let params = import.params.iter().map(name).collect::<Vec<_>>().join(" ");
        let result = import.result.iter().map(name).collect::<String>();
        let result = if result.is_empty() { result } else { format!("(result {result})") };
        format!(r#"(import "{}" "{}" (func (param {params}) {result}))"#, import.module, import.name)
    });
    wat::parse_str(format!("(module {})", functions.collect::<String>())).expect("valid")
}

/// A contract made of random choices: nearly always an acceptable one.
pub fn contract(random: &mut Random) -> Vec<u8> {
    let entries = r#"(module (memory (export "m") 1 16) (func (export "call")) (func (export "deploy")))"#;
    let config = Config {
        available_imports: Some(known_imports()),
        exports: Some(wat::parse_str(entries).expect("valid")),
        allow_floats: false,
        allow_start_export: false,
        bulk_memory_enabled: false,
        // Every other module traps little, so that it gets further.
        disallow_traps: random.below(2) == 0,
        exceptions_enabled: false,
        extended_const_enabled: false,
        gc_enabled: false,
        max_data_segments: 3,
        max_imports: 8,
        max_instructions: 1_000,
        // The exported one is the only one.
        max_memories: 0,
        max_memory32_bytes: 16 << 16,
        max_table_elements: 100,
        max_type_size: 100,
        memory64_enabled: false,
        memory_offset_choices: MemoryOffsetChoices(90, 9, 1),
        // Numbers of functions in more bytes than they need.
        min_uleb_size: if random.below(4) == 0 { 5 } else { 1 },
        min_funcs: 3,
        multi_value_enabled: false,
        reference_types_enabled: false,
        relaxed_simd_enabled: false,
        saturating_float_to_int_enabled: false,
        simd_enabled: false,
        tail_call_enabled: false,
        threads_enabled: false,
        ..Config::default()
    };
    let length = 2_000 + random.below(30_000);
    let choices = random.bytes(length);
    wasm_smith::Module::new(config, &mut Unstructured::new(&choices)).expect("there are choices enough").to_bytes()
}

/// How many calls ended how.
#[derive(Debug, Default)]
struct Count {
    refused: usize,
    returned: usize,
    trapped: usize,
    out_of_gas: usize,
    out_of_stack: usize,
}

/// Runs both entries of a module, original and prepared.
fn compare(module: &[u8], gas: i64, count: &mut Count) {
    let Ok(prepared) = prepare(module) else {
        count.refused += 1;
        return;
    };
    validate(&prepared.code);
    for entry in ["call", "deploy"] {
        let mut naive = Machine::new(&naive::meter(module, gas));
        let expected = naive.call(entry);
        let used = naive.read("used");
        let mut machine = Machine::new(&prepared.code);
        machine.set_gas(gas);
        let seen = machine.call(entry);
        let paid = gas - machine.read("gas_left");
        assert!((0..=gas).contains(&paid));
        match seen.end {
            End::Returned => {
                assert_eq!(seen, expected);
                assert_eq!(paid, used);
                assert_eq!(machine.read("stack_left"), i64::from(crate::code::stack::LIMIT_UNITS));
                count.returned += 1;
            }
            End::Trapped(_) | End::Stopped => {
                assert_eq!(seen, expected);
                assert!(paid >= used, "paid {paid} for {used}");
                count.trapped += 1;
            }
            End::Exhausted(reason) => {
                // The original went on: without a limit of its stack, or until a trap or its own end of gas.
                assert!(expected.calls.starts_with(&seen.calls));
                if reason == 1 {
                    assert_ne!(expected.end, End::Returned);
                    assert_eq!(paid, gas);
                    count.out_of_gas += 1;
                } else {
                    count.out_of_stack += 1;
                }
            }
        }
    }
}

/// Compares the modules of some numbers.
fn compare_all(seeds: std::ops::Range<u64>, gas: i64, make: fn(&mut Random) -> Vec<u8>) -> Count {
    let mut count = Count::default();
    for seed in seeds {
        println!("module {seed}");
        compare(&make(&mut Random(seed)), gas, &mut count);
    }
    println!("{count:?}");
    count
}

/// What a damaged module or random bytes give: an answer.
fn damage(seeds: std::ops::Range<u64>) {
    for seed in seeds {
        println!("damaged module {seed}");
        let mut random = Random(seed);
        let mut module = match random.below(8) {
            0 => b"\0asm\x01\0\0\0".to_vec(),
            1..4 => program(&mut random),
            _ => contract(&mut random),
        };
        match random.below(4) {
            0 => {
                let length = random.below(module.len());
                module.truncate(length);
            }
            1 => {
                let length = random.below(300);
                module.extend(random.bytes(length));
            }
            _ => {}
        }
        for _ in 0..1 + random.below(4) {
            if let Some(length) = std::num::NonZeroUsize::new(module.len()) {
                let at = random.below(length.get());
                module[at] = random.next() as u8;
            }
        }
        if let Ok(prepared) = prepare(&module) {
            validate(&prepared.code);
            assert_eq!(prepare(&module), Ok(prepared), "preparation is a function");
        }
    }
}

/// Most of these modules end soon, or never.
const MODULE_GAS: i64 = 100_000;
/// All of these programs end.
const PROGRAM_GAS: i64 = 30_000_000;

#[test]
fn random_modules_do_the_same_when_prepared() {
    let count = compare_all(0..150, MODULE_GAS, contract);
    assert!(count.refused < 30 && count.returned > 30 && count.trapped > 30 && count.out_of_gas > 5, "{count:?}");
}

#[test]
fn more_random_modules_do_the_same_when_prepared_slow() {
    compare_all(1_000..11_000, MODULE_GAS, contract);
}

#[test]
fn random_programs_do_the_same_when_prepared() {
    let count = compare_all(0..200, PROGRAM_GAS, program);
    assert!(count.refused == 0 && count.returned > 200 && count.trapped > 20, "{count:?}");
}

#[test]
fn more_random_programs_do_the_same_when_prepared_slow() {
    compare_all(1_000..6_000, PROGRAM_GAS, program);
}

#[test]
fn damaged_modules_are_answered() {
    damage(0..300);
}

#[test]
fn more_damaged_modules_are_answered_slow() {
    damage(10_000..40_000);
}
