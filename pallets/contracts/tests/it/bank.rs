//! The classic bank, and who robs it. The tests of the executor use them too.

/// Keeps money for its callers: `d` deposits what comes along, `w` pays it out. It pays before it notes that it paid, by a
/// call with the flags that stand in its input's second byte.
pub const BANK: &str = r#"(module
    (import "seal0" "input" (func $input (param i32 i32)))
    (import "seal0" "caller" (func $caller (param i32 i32)))
    (import "seal0" "value_transferred" (func $value (param i32 i32)))
    (import "seal1" "get_storage" (func $get (param i32 i32 i32 i32) (result i32)))
    (import "seal2" "set_storage" (func $set (param i32 i32 i32 i32) (result i32)))
    (import "seal1" "call" (func $call (param i32 i32 i64 i32 i32 i32 i32 i32) (result i32)))
    (memory 1)
    ;; 0: room, 16: input, 32: the caller, 64: the caller's balance, 96: the value
    (func (export "deploy"))
    (func (export "call")
        (i32.store (i32.const 0) (i32.const 16)) (call $input (i32.const 16) (i32.const 0))
        (i32.store (i32.const 0) (i32.const 20)) (call $caller (i32.const 32) (i32.const 0))
        (i32.store (i32.const 0) (i32.const 16)) (call $value (i32.const 96) (i32.const 0))
        (i32.store (i32.const 0) (i32.const 16))
        (drop (call $get (i32.const 32) (i32.const 20) (i32.const 64) (i32.const 0)))
        (if (i32.eq (i32.load8_u (i32.const 16)) (i32.const 100))
            (then
                (i64.store (i32.const 64) (i64.add (i64.load (i32.const 64)) (i64.load (i32.const 96))))
                (drop (call $set (i32.const 32) (i32.const 20) (i32.const 64) (i32.const 16))))
            (else
                (if (i64.eqz (i64.load (i32.const 64))) (then unreachable))
                (if (call $call (i32.load8_u (i32.const 17)) (i32.const 32) (i64.const 0) (i32.const 64)
                        (i32.const 0) (i32.const 0) (i32.const -1) (i32.const 0))
                    (then unreachable))
                (i64.store (i32.const 64) (i64.const 0))
                (drop (call $set (i32.const 32) (i32.const 20) (i32.const 64) (i32.const 16)))))))"#;

/// Withdraws from the bank; and when the bank pays, withdraws again, at most as often as the first byte of its cell says.
/// Input: the bank, what to say to it, both 32 bytes apart; none when the bank pays.
pub const ROBBER: &str = r#"(module
    (import "seal0" "input" (func $input (param i32 i32)))
    (import "seal0" "value_transferred" (func $value (param i32 i32)))
    (import "seal1" "get_storage" (func $get (param i32 i32 i32 i32) (result i32)))
    (import "seal2" "set_storage" (func $set (param i32 i32 i32 i32) (result i32)))
    (import "seal1" "call" (func $call (param i32 i32 i64 i32 i32 i32 i32 i32) (result i32)))
    (memory 1)
    ;; 0: room, 16: the plan (bank, word for it, times left), 96: the value
    (func $ask (result i32)
        (call $call (i32.const 8) (i32.const 16) (i64.const 0) (i32.const 96) (i32.const 48) (i32.const 2) (i32.const -1) (i32.const 0)))
    (func (export "deploy"))
    (func (export "call")
        (i32.store (i32.const 0) (i32.const 64)) (call $input (i32.const 16) (i32.const 0))
        (if (i32.load (i32.const 0))
            (then
                (i32.store (i32.const 0) (i32.const 16)) (call $value (i32.const 96) (i32.const 0))
                (drop (call $set (i32.const 1) (i32.const 1) (i32.const 16) (i32.const 35)))
                (if (call $ask) (then unreachable)))
            (else
                (i32.store (i32.const 0) (i32.const 64))
                (drop (call $get (i32.const 1) (i32.const 1) (i32.const 16) (i32.const 0)))
                (if (i32.load8_u (i32.const 50)) (then
                    (i32.store8 (i32.const 50) (i32.sub (i32.load8_u (i32.const 50)) (i32.const 1)))
                    (drop (call $set (i32.const 1) (i32.const 1) (i32.const 16) (i32.const 35)))
                    (drop (call $ask))))))))"#;
