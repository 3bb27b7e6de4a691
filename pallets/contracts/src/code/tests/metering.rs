//! Prepared code does what the original does, and pays for what it does.

use super::{
    accepted, contract,
    machine::{End, Machine, Seen},
    naive,
};
use crate::code::stack;

/// Gas for code that ends by itself.
const PLENTY: i64 = 100_000_000;

/// Units of stack of a function with so many locals, operands and values.
fn units(locals: u32, operands: u32, values: u32) -> u32 {
    stack::units(stack::Needs { locals, operands, values, calls: true })
}

/// Runs `call` in the original and in the prepared module. Both must do the same and use the same gas; returns that.
pub fn same(module: &[u8]) -> (Seen, i64) {
    let mut original = Machine::new(&naive::meter(module, PLENTY));
    let expected = original.call("call");
    let used = original.read("used");
    assert!(used < PLENTY, "the code ends by itself");

    let code = accepted(module).code;
    let mut prepared = Machine::new(&code);
    prepared.set_gas(PLENTY);
    let seen = prepared.call("call");
    assert_eq!(seen, expected);
    let paid = PLENTY - prepared.read("gas_left");
    if seen.end == End::Returned {
        assert_eq!(paid, used);
        assert_eq!(prepared.read("stack_left"), i64::from(stack::LIMIT_UNITS));
        exactly_enough(&code, &seen, used);
    } else {
        assert!(paid >= used, "paid {paid} for {used}");
    }
    (seen, used)
}

/// With exactly the gas that it uses, code ends as before; with one less it stops and has used all.
fn exactly_enough(code: &[u8], seen: &Seen, used: i64) {
    let mut machine = Machine::new(code);
    machine.set_gas(used);
    assert_eq!(machine.call("call"), *seen);
    assert_eq!(machine.read("gas_left"), 0);
    let mut machine = Machine::new(code);
    machine.set_gas(used - 1);
    assert_eq!(machine.call("call").end, End::Exhausted(1));
    assert_eq!(machine.read("gas_left"), 0);
}

/// Stores an i32 at address 0, where [`same`] looks.
pub fn store(value: &str) -> String {
    format!("i32.const 0 {value} i32.store")
}

#[test]
fn straight_code_pays_for_each_instruction() {
    let (_, used) = same(&contract("", "i32.const 0 i32.const 7 i32.store"));
    // Entry 3, two constants, a store.
    assert_eq!(used, 3 + 1 + 1 + 2);
}

#[test]
fn a_loop_pays_for_each_iteration() {
    let count = |n: u32| {
        let text = format!(
            "(local i32) i32.const {n} local.set 0
             loop local.get 0 i32.const 1 i32.sub local.tee 0 br_if 0 end {}",
            store("local.get 0")
        );
        same(&contract("", &text)).1
    };
    assert_eq!(count(1_001) - count(1_000), 1 + 1 + 1 + 1 + 2);
}

#[test]
fn an_endless_loop_runs_out_of_gas() {
    let mut machine = Machine::new(&accepted(&contract("", "loop br 0 end")).code);
    machine.set_gas(1_000_000);
    assert_eq!(machine.call("call").end, End::Exhausted(1));
    assert_eq!(machine.read("gas_left"), 0);
}

#[test]
fn endless_recursion_runs_out_of_stack() {
    let module = contract("(func $f call $f)", "call 0");
    let mut machine = Machine::new(&accepted(&module).code);
    machine.set_gas(PLENTY);
    assert_eq!(machine.call("call").end, End::Exhausted(2));
    let left = machine.read("stack_left");
    assert!((0..i64::from(units(0, 0, 0))).contains(&left), "{left}");
    assert!(machine.read("gas_left") > PLENTY / 2);
}

#[test]
fn functions_keep_their_callees_behind_the_added_import() {
    let items = r#"
        (import "seal0" "seal_caller_is_origin" (func $origin (result i32)))
        (import "seal1" "get_storage" (func $get (param i32 i32 i32 i32) (result i32)))
        (type $two (func (param i32 i32) (result i32)))
        (table 3 funcref) (elem (i32.const 1) $add $get2)
        (func $add (type $two) local.get 0 local.get 1 i32.add)
        (func $get2 (type $two) local.get 0 local.get 1 i32.const 8 i32.const 9 call $get)"#;
    let call = "i32.const 0 call $origin i32.const 5 i32.const 2 call_indirect (type $two) i32.store
        i32.const 4 i32.const 30 i32.const 12 i32.const 1 call_indirect (type $two) i32.store
        i32.const 8 i32.const 1 i32.const 2 call $add i32.store";
    let (seen, _) = same(&contract(items, call));
    assert_eq!(seen.calls.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [27, 7]);
    assert_eq!((seen.memory[4], seen.memory[8]), (42, 3));
}

#[test]
fn the_first_run_that_does_not_fit_is_not_begun() {
    // The store stands in the same run as what does not fit.
    let text =
        format!("i32.const 0 i32.const 7 i32.store block {} end", "i32.const 9 i32.const 3 i32.div_u drop ".repeat(10));
    let mut machine = Machine::new(&accepted(&contract("", &text)).code);
    machine.set_gas(50);
    let seen = machine.call("call");
    assert_eq!((seen.end, seen.memory[0], machine.read("gas_left")), (End::Exhausted(1), 0, 0));
}

#[test]
fn a_call_that_does_not_fit_on_the_stack_leaves_what_was_there() {
    // Each level takes `units` and writes its depth, before it calls.
    let items = "(func $f (param i32) i32.const 0 local.get 0 i32.store local.get 0 i32.const 1 i32.add call $f)";
    let level = units(1, 2, 2);
    let mut machine = Machine::new(&accepted(&contract(items, "i32.const 1 call $f")).code);
    machine.set_gas(PLENTY);
    let seen = machine.call("call");
    assert_eq!(seen.end, End::Exhausted(2));
    let entry = units(0, 1, 0);
    let depth = u32::from_le_bytes(seen.memory[..4].try_into().expect("4 bytes"));
    assert_eq!(depth, (stack::LIMIT_UNITS - entry) / level);
    assert_eq!(machine.read("stack_left"), i64::from(stack::LIMIT_UNITS - entry - depth * level));
}

#[test]
fn functions_that_call_none_pay_no_stack_up_to_a_size() {
    let after_recursion = |locals: usize| {
        // Goes down until less than 64 units are left, then calls the function with many locals.
        let items = format!(
            "(import \"seal0\" \"caller_is_origin\" (func $origin (result i32))) (func $leaf (local {}) call $origin drop)
             (func $f (param i32) local.get 0 if local.get 0 i32.const 1 i32.sub call $f else call $leaf end)",
            "i64 ".repeat(locals)
        );
        let depth = (stack::LIMIT_UNITS - units(0, 1, 0)) / units(1, 2, 2) - 1;
        let mut machine = Machine::new(&accepted(&contract(&items, &format!("i32.const {depth} call $f"))).code);
        machine.set_gas(PLENTY);
        machine.call("call").end
    };
    let free = (stack::FREE_UNITS_MAX - units(0, 0, 0)) as usize * 4;
    assert_eq!(after_recursion(free), End::Returned);
    assert_eq!(after_recursion(free + 8), End::Exhausted(2));
}

#[test]
fn an_instance_can_be_called_again_after_it_returned() {
    let items = "(func $g) (func $f (param i32) local.get 0 if local.get 0 i32.const 1 i32.sub call $f end)";
    let mut machine = Machine::new(&accepted(&contract(items, "i32.const 1500 call $f")).code);
    for _ in 0..3 {
        machine.set_gas(PLENTY);
        assert_eq!(machine.call("call").end, End::Returned);
        assert_eq!(machine.read("stack_left"), i64::from(stack::LIMIT_UNITS));
    }
}

#[test]
fn endless_recursion_through_the_table_runs_out_of_stack() {
    let items = "(table 1 funcref) (elem (i32.const 0) $f) (func $f i32.const 0 call_indirect)";
    let mut machine = Machine::new(&accepted(&contract(items, "call $f")).code);
    machine.set_gas(PLENTY);
    assert_eq!(machine.call("call").end, End::Exhausted(2));
}

#[test]
fn a_call_that_just_fits_on_the_stack_is_made() {
    let code = accepted(&contract("(func $leaf) (func $f call $leaf)", "call $f")).code;
    let both = 2 * i64::from(units(0, 0, 0));
    for (left, end) in [(both, End::Returned), (both - 1, End::Exhausted(2))] {
        let mut machine = Machine::new(&code);
        machine.set_gas(PLENTY);
        machine.set_stack(left);
        assert_eq!(machine.call("call").end, end);
    }
}

#[test]
fn up_to_a_number_of_charges_a_function_shares_the_check() {
    let bytes = |branches: usize| {
        let items = format!("(func (param i32) {})", "local.get 0 br_if 0 ".repeat(branches));
        accepted(&contract(&items, "")).code.len()
    };
    // Each branch comes with one charge. An `if` with a call is 3 bytes longer than a branch.
    let (few, most, more) = (bytes(500), bytes(512), bytes(513));
    assert!(more > most + 512 * 3, "{few} {most} {more}");
    assert!(most - few < 12 * 30, "{few} {most} {more}");
}
