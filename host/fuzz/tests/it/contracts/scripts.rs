//! What contracts ask of the chain, made up: imports in any order, with arguments that often mean something.

use ziver_contracts::code::imports::IMPORTS;
use ziver_primitives::{AccountId20, Hash};

use super::modules::Random;
use crate::puppet::{Arg, Callee, INPUT, LOG, NONE, OUT, ROOM, Script, step};

/// What scripts can be about.
pub struct World {
    /// Two contracts that do what their input says.
    pub puppets: [AccountId20; 2],
    /// Their code.
    pub code_hash: Hash,
}

impl World {
    /// A script that calls `contract`, which may call back, and looks at what came out.
    pub fn calling(&self, contract: &AccountId20, random: &mut Random) -> Vec<u8> {
        let how = Callee { flags: 8, gas: 1_000 + random.next() % 500_000, value: 0, output: random.below(2) == 0 };
        let len = random.below(50);
        let input = random.bytes(len);
        Script::new().set(b"key", b"value").call_with(contract, &input, how).get(b"key").emit(&input).build()
    }

    /// Up to 20 steps; some call further scripts.
    pub fn script(&self, random: &mut Random) -> Vec<u8> {
        self.steps(random, 3).build()
    }

    fn steps(&self, random: &mut Random, depth: u32) -> Script {
        let mut script = Script::new();
        for _ in 0..1 + random.below(20) {
            script = match random.below(10) {
                0 if depth > 0 => {
                    let inner = self.steps(random, depth - 1).build();
                    if inner.len() > 4_000 {
                        continue;
                    }
                    let to = self.puppets[random.below(2)];
                    let gas = if random.below(2) == 0 { 0 } else { random.next() % 1_000_000 };
                    let flags = [0, 1, 2, 4, 8, 8, 8, 16][random.below(8)];
                    script.call_with(&to, &inner, Callee { flags, gas, value: 0, output: random.below(2) == 0 })
                }
                1 => script.poke(ROOM, [0, 1, 20, 32, 1_000, u64::MAX][random.below(6)]),
                2 => {
                    let key = [random.below(5) as u8; 4];
                    let len = random.below(200);
                    let value = random.bytes(len);
                    script.set(&key, &value)
                }
                3 => script.get(&[random.below(5) as u8; 4]),
                4 => match random.below(12) {
                    0 => script.trap(),
                    1 => script.revert(),
                    2 => script.step(step::GROW, &[(random.below(20) as u32).into()]),
                    3 => script.step(step::RECURSE, &[]),
                    4 => script.step(step::PEEK, &[u64::from(OUT).into()]),
                    5 => script.import("zx", "start_transaction", &[]),
                    6 => script.import("zx", "commit_transaction", &[]),
                    7 => script.import("zx", "rollback_transaction", &[]),
                    _ => script.poke(ROOM, 32),
                },
                _ => {
                    let import = &IMPORTS[random.below(IMPORTS.len())];
                    let args: Vec<_> = import.params.iter().map(|_| self.argument(random, &mut script)).collect();
                    script.step(import.id.into(), &args)
                }
            };
        }
        script
    }

    fn argument(&self, random: &mut Random, script: &mut Script) -> Arg {
        match random.below(12) {
            0 => script.data(&self.puppets[random.below(2)].0),
            1 => script.data(&self.code_hash.0),
            2 => script.data(&[0; 32]),
            3 => script.data(&[&[4][..], &[7; 32]].concat()),
            4 => OUT.into(),
            5 => ROOM.into(),
            6 => [NONE, INPUT, LOG, 0x1_ffff, 0x2_0000][random.below(5)].into(),
            7 => random.next().into(),
            8 => [20u32, 32, 16, 33][random.below(4)].into(),
            _ => (random.below(70) as u32).into(),
        }
    }
}
