//! Programs of every shape of control flow: prepared, they do the same as before and pay to the last gas what they do.

use super::{
    accepted, contract,
    machine::{End, Machine},
    metering::{same, store},
    module,
};

/// Runs `call`, whose body leaves an i32 that is stored at address 0; returns it.
fn result(items: &str, value: &str) -> i32 {
    let (seen, _) = same(&contract(items, &store(value)));
    assert_eq!(seen.end, End::Returned);
    i32::from_le_bytes(seen.memory[..4].try_into().expect("4 bytes"))
}

/// Runs `call`, which traps; returns the trap.
fn trap(items: &str, call: &str) -> String {
    match same(&contract(items, call)).0.end {
        End::Trapped(code) => code,
        other => panic!("{other:?}"),
    }
}

#[test]
fn recursion_returns_its_result_and_its_stack() {
    let fibonacci = "(func $fib (param i32) (result i32)
        local.get 0 i32.const 2 i32.lt_u
        if (result i32) local.get 0
        else local.get 0 i32.const 1 i32.sub call $fib local.get 0 i32.const 2 i32.sub call $fib i32.add end)";
    assert_eq!(result(fibonacci, "i32.const 15 call $fib"), 610);
}

#[test]
fn mutual_recursion_through_the_table_returns_its_result() {
    let items = "(type $t (func (param i32) (result i32))) (table 2 funcref) (elem (i32.const 0) $even $odd)
        (func $even (type $t) local.get 0 i32.eqz if (result i32) i32.const 1
            else local.get 0 i32.const 1 i32.sub i32.const 1 call_indirect (type $t) end)
        (func $odd (type $t) local.get 0 i32.eqz if i32.const 0 return end
            local.get 0 i32.const 1 i32.sub i32.const 0 call_indirect (type $t))";
    assert_eq!(result(items, "i32.const 101 call $even"), 0);
    assert_eq!(result(items, "i32.const 100 call $even"), 1);
}

#[test]
fn nested_loops_pay_for_every_iteration() {
    let items = "(func $f (result i32) (local $i i32) (local $j i32) (local $sum i32)
        loop $outer
            i32.const 0 local.set $j
            block $done
                loop $inner
                    local.get $j local.get $i i32.ge_u br_if $done
                    local.get $sum local.get $j i32.add local.set $sum
                    local.get $j i32.const 1 i32.add local.set $j
                    br $inner
                end
            end
            local.get $i i32.const 1 i32.add local.tee $i i32.const 20 i32.lt_u br_if $outer
        end
        local.get $sum)";
    assert_eq!(result(items, "call $f"), (0..20).map(|i: i32| i * (i - 1) / 2).sum::<i32>());
}

#[test]
fn a_br_table_reaches_each_of_its_targets() {
    let items = "(func $pick (param i32) (result i32)
        block block block block local.get 0 br_table 0 1 2 3 end i32.const 10 return end i32.const 20 return end
        i32.const 30 return end i32.const 40)";
    for (choice, expected) in [(0, 10), (1, 20), (2, 30), (3, 40), (9, 40), (-1, 40)] {
        assert_eq!(result(items, &format!("i32.const {choice} call $pick")), expected);
    }
}

#[test]
fn a_br_table_skips_what_its_outermost_target_does() {
    let items = "(func $f (param i32) (result i32) (local i32)
        block block block local.get 0 br_table 2 0 1 end i32.const 1 local.set 1 end
        local.get 1 i32.const 10 i32.add local.set 1 end local.get 1)";
    for (choice, expected) in [(0, 0), (1, 11), (2, 10)] {
        assert_eq!(result(items, &format!("i32.const {choice} call $f")), expected);
    }
}

#[test]
fn a_br_table_carries_a_value_out_of_the_function() {
    let items = "(func $f (param i32) (result i32)
        block (result i32) i32.const 7 local.get 0 br_table 0 1 end i32.const 1 i32.add)";
    assert_eq!(result(items, "i32.const 0 call $f"), 8);
    assert_eq!(result(items, "i32.const 1 call $f"), 7);
}

#[test]
fn a_return_from_the_depth_of_blocks_gives_the_stack_back() {
    // Called often: what is not given back would run out.
    let items = "(func $g) (func $f (param i32) (result i32)
        call $g
        block loop block local.get 0 i32.eqz if i32.const 5 return end br 2 end end end i32.const 6)
        (func $many (result i32) (local i32 i32) loop
            local.get 0 i32.const 1 i32.and call $f local.get 1 i32.add local.set 1
            local.get 0 i32.const 1 i32.add local.tee 0 i32.const 5000 i32.lt_u br_if 0 end local.get 1)";
    assert_eq!(result(items, "call $many"), 2500 * 11);
}

#[test]
fn branches_to_the_functions_own_label_give_the_stack_back() {
    let items = "(func $g) (func $f (param i32) (result i32)
        call $g i32.const 1 local.get 0 br_if 0 drop i32.const 2 block i32.const 3 br 1 end)
        (func $many (result i32) (local i32 i32) loop
            local.get 0 i32.const 1 i32.and call $f local.get 1 i32.add local.set 1
            local.get 0 i32.const 1 i32.add local.tee 0 i32.const 5000 i32.lt_u br_if 0 end local.get 1)";
    assert_eq!(result(items, "call $many"), 2500 + 3 * 2500);
}

#[test]
fn an_if_without_else_pays_only_for_what_runs() {
    let run = |condition: u32| {
        let text = format!("i32.const {condition} if i32.const 0 i32.const 1 i32.store end");
        same(&contract("", &text)).1
    };
    assert_eq!(run(1) - run(0), 1 + 1 + 2);
}

#[test]
fn an_else_pays_only_for_itself() {
    let run = |condition: u32| {
        let text = format!("i32.const {condition} if nop else i32.const 8 i32.const 3 i32.div_u drop end");
        same(&contract("", &text)).1
    };
    assert_eq!(run(0) - run(1), 1 + 1 + 8);
}

#[test]
fn dead_code_is_left_out_and_costs_nothing() {
    let dead = "return loop br 0 end block i32.const 1 if nop else unreachable end end memory.size drop";
    let (_, with) = same(&contract("", dead));
    let (_, without) = same(&contract("", "return"));
    assert_eq!(with, without);
    assert_eq!(super::accepted(&contract("", dead)).code.len(), super::accepted(&contract("", "return")).code.len());
}

#[test]
fn code_behind_dead_arms_and_blocks_still_runs() {
    assert_eq!(result("", "block (result i32) i32.const 4 br 0 unreachable end i32.const 1 i32.add"), 5);
    assert_eq!(result("", "i32.const 1 if (result i32) i32.const 4 br 0 nop else unreachable end"), 4);
    let items = "(func $f (param i32) (result i32)
        block block local.get 0 br_if 0 br 1 end i32.const 1 return end i32.const 2)";
    assert_eq!(result(items, "i32.const 0 call $f i32.const 10 i32.mul i32.const 1 call $f i32.add"), 21);
}

#[test]
fn integer_arithmetic_of_64_bits_is_unchanged() {
    let items = "(func $f (param i64) (result i64) (local i64) loop
        local.get 1 local.get 0 i64.mul i64.const 0x5DEECE66D i64.add i64.const 17 i64.rotl local.get 0 i64.xor local.set 1
        local.get 0 i64.const 1 i64.sub local.tee 0 i64.const 0 i64.ne br_if 0 end local.get 1)";
    let value = "i64.const 1000 call $f i64.popcnt i32.wrap_i64 i32.extend8_s";
    assert!((0..=64).contains(&result(items, value)));
}

#[test]
fn traps_stay_the_same_traps() {
    assert_eq!(trap("", "unreachable"), "UnreachableCodeReached");
    assert_eq!(trap("", "i32.const 1 i32.const 0 i32.div_u drop"), "IntegerDivisionByZero");
    assert_eq!(trap("", "i64.const 0x8000000000000000 i64.const -1 i64.div_s drop"), "IntegerOverflow");
    assert_eq!(trap("", "i32.const 65536 i32.load8_u drop"), "MemoryOutOfBounds");
    assert_eq!(trap("", "i32.const 65535 i32.const 0 i32.const 2 memory.fill"), "MemoryOutOfBounds");
    assert_eq!(trap("(table 1 funcref)", "i32.const 0 call_indirect"), "IndirectCallToNull");
    assert_eq!(trap("(table 1 funcref)", "i32.const 1 call_indirect"), "TableOutOfBounds");
    let other = "(table 1 funcref) (elem (i32.const 0) $f) (func $f (param i32))";
    assert_eq!(trap(other, "i32.const 0 call_indirect"), "BadSignature");
}

#[test]
fn an_import_that_never_returns_stops_the_call() {
    let items = r#"(import "seal0" "seal_return" (func $return (param i32 i32 i32)))"#;
    let call = "i32.const 0 i32.const 9 i32.store i32.const 1 i32.const 2 i32.const 3 call $return
        i32.const 0 i32.const 8 i32.store";
    let (seen, _) = same(&contract(items, call));
    assert_eq!(seen.end, End::Stopped);
    assert_eq!((seen.calls, seen.memory[0]), (vec![(22, vec![1, 2, 3])], 9));
}

#[test]
fn memory_grows_to_its_maximum_and_pays_by_the_page() {
    let grow = |pages: i32| {
        let call = store(&format!("i32.const {pages} memory.grow"));
        let text = format!(r#"(memory 1 4) (func (export "deploy")) (func (export "call") {call})"#);
        let (seen, used) = same(&module(&text));
        (i32::from_le_bytes(seen.memory[..4].try_into().expect("4 bytes")), seen.memory.len() >> 16, used)
    };
    let (old, pages, none) = grow(0);
    assert_eq!((old, pages), (1, 1));
    let (old, pages, three) = grow(3);
    assert_eq!((old, pages, three - none), (1, 4, 60_000));
    let (old, pages, four) = grow(4);
    assert_eq!((old, pages, four - none), (-1, 1, 80_000));
    // More than can ever be had costs no more than the most that can.
    let (old, pages, all) = grow(-1);
    assert_eq!((old, pages, all - none), (-1, 1, 320_000));
}

#[test]
fn bulk_memory_pays_by_the_byte() {
    let run = |bytes: u32| {
        let call = format!(
            "i32.const 100 i32.const 65 i32.const {bytes} memory.fill
             i32.const 20000 i32.const 90 i32.const {bytes} memory.copy"
        );
        same(&contract("", &call))
    };
    let (seen, none) = run(0);
    assert!(seen.memory.iter().all(|byte| *byte == 0));
    let (seen, some) = run(8_000);
    assert_eq!((seen.memory[8_099], seen.memory[8_100], seen.memory[20_009], seen.memory[20_010]), (65, 0, 0, 65));
    assert_eq!(some - none, 2 * 1_000);
    assert_eq!(run(8_007).1, some);
    assert_eq!(run(8_008).1, some + 2);
}

#[test]
fn globals_of_the_contract_are_its_own() {
    let items = "(global $a (mut i32) (i32.const 3)) (global $b i64 (i64.const -4))";
    let value = "global.get $a i32.const 10 i32.mul global.set $a global.get $a global.get $b i32.wrap_i64 i32.add";
    let (seen, _) = same(&contract(items, &format!("i32.const 0 i32.const 0 i32.store {}", value_stored(value))));
    assert_eq!(seen.memory[0], 26);
}

/// The value, whose code also has effects, stored at address 0.
fn value_stored(value: &str) -> String {
    let (effects, value) = value.split_at(value.rfind("global.get $a").expect("the last one"));
    format!("{effects} {}", store(value))
}

#[test]
fn data_is_where_it_was() {
    let (seen, _) = same(&contract(r#"(data (i32.const 3) "abc") (data (i32.const 65535) "z")"#, ""));
    assert_eq!((&seen.memory[..7], seen.memory[65_535]), (&b"\0\0\0abc\0"[..], b'z'));
}

#[test]
fn many_locals_begin_at_zero_and_are_paid_for() {
    let run = |locals: usize| same(&contract(&format!("(func $f (local {}))", "i64 ".repeat(locals)), "call $f")).1;
    assert_eq!(run(1_024) - run(0), 256);
    assert_eq!(run(1) - run(0), 1);
}

#[test]
fn functions_with_many_charges_pay_the_same_for_each() {
    // One charge for each branch and one for what follows the last: below, at and above the number that shares a check.
    for branches in [1, 2, 3, 510, 511, 512, 513, 600] {
        let branch = "local.get 0 br_if 0 local.get 1 i32.const 1 i32.add local.set 1 ";
        let items = format!(
            "(func $f (param i32) (result i32) (local i32) block {} end local.get 1) (func $g (result i32)
             i32.const 0 call $f)",
            branch.repeat(branches)
        );
        assert_eq!(result(&items, "call $g"), branches as i32);
        assert_eq!(result(&items, "i32.const 1 call $f"), 0);
    }
}

#[test]
fn a_construct_that_nothing_leaves_ends_no_run() {
    // Entered or not, what follows is paid for in front: nothing of it runs if not all of it can.
    let text = |behind: &str| format!("i32.const 0 i32.const 1 i32.store i32.const 1 if nop end {behind}");
    let dear = "i32.const 1 i32.const 1 i32.div_u drop ".repeat(10);
    let mut machine = Machine::new(&accepted(&contract("", &text(&dear))).code);
    machine.set_gas(20);
    let seen = machine.call("call");
    assert_eq!((seen.end, seen.memory[0]), (End::Exhausted(1), 0));
    // A branch over it to the function's end makes it a run of its own.
    let leaving = text(&dear).replace("if nop end", "if i32.const 0 br_if 1 end");
    let mut machine = Machine::new(&accepted(&contract("", &leaving)).code);
    machine.set_gas(20);
    let seen = machine.call("call");
    assert_eq!((seen.end, seen.memory[0]), (End::Exhausted(1), 1));
}
