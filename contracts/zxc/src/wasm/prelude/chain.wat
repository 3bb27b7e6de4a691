;; What contracts ask of the chain, in the form in which the generated code wants it.

;; Ends the call: all that it did is undone. The output is 1 and the encoded message.
(func $revert (param $text i64) (local $from i32)
  (local.set $from (global.get $heap))
  (call $append_i32 (i32.const 1) (i32.const 1))
  (call $append_bytes (local.get $text))
  (call $seal_return (i32.const 1) (local.get $from) (i32.sub (global.get $heap) (local.get $from)))
  (unreachable))

;; Begins to leave functions, up to the guard that catches.
(func $raise (param $text i64)
  (global.set $message (local.get $text))
  (global.set $status (i32.const 1)))

;; The input of the call to $to, where the arena begins: its length.
(func $take_input (param $to i32) (result i32)
  (i32.store (i32.const 16) (i32.sub (global.get $limit) (local.get $to)))
  (call $input (local.get $to) (i32.const 16))
  (global.set $heap (i32.add (local.get $to) (i32.load (i32.const 16))))
  (i32.load (i32.const 16)))

;; Whether value was sent.
(func $has_value (result i32)
  (i32.eqz (call $is_zero16 (call $value))))

(func $value (result i32)
  (i32.store (i32.const 16) (i32.const 16))
  (call $value_transferred (i32.const 472) (i32.const 16))
  (i32.const 472))

(func $balance (param $to i32)
  (i32.store (i32.const 16) (i32.const 16))
  (call $import_balance (local.get $to) (i32.const 16)))

(func $block_number (result i32)
  (i32.store (i32.const 16) (i32.const 4))
  (call $import_block_number (i32.const 8) (i32.const 16))
  (i32.load (i32.const 8)))

(func $now (result i64)
  (i32.store (i32.const 16) (i32.const 8))
  (call $import_now (i32.const 8) (i32.const 16))
  (i64.load (i32.const 8)))

;; What never changes during a call is read once.

(func $caller (result i32)
  (if (i32.eqz (i32.load8_u (i32.const 468)))
    (then
      (i32.store8 (i32.const 468) (i32.const 1))
      (i32.store (i32.const 16) (i32.const 20))
      (call $import_caller (i32.const 328) (i32.const 16))))
  (i32.const 328))

(func $this (result i32)
  (if (i32.eqz (i32.load8_u (i32.const 469)))
    (then
      (i32.store8 (i32.const 469) (i32.const 1))
      (i32.store (i32.const 16) (i32.const 20))
      (call $import_address (i32.const 352) (i32.const 16))))
  (i32.const 352))

(func $origin (result i32)
  (if (i32.eqz (i32.load8_u (i32.const 470)))
    (then
      (i32.store8 (i32.const 470) (i32.const 1))
      (i32.store (i32.const 16) (i32.const 20))
      (call $import_origin (i32.const 376) (i32.const 16))))
  (i32.const 376))

(func $own_code_hash (result i32)
  (if (i32.eqz (i32.load8_u (i32.const 471)))
    (then
      (i32.store8 (i32.const 471) (i32.const 1))
      (i32.store (i32.const 16) (i32.const 32))
      (call $import_own_code_hash (i32.const 400) (i32.const 16))))
  (i32.const 400))

;; Options: 0 or 1, and the value or zeros.

(func $code_hash (param $account i32) (param $to i32)
  (i32.store (i32.const 16) (i32.const 32))
  (i32.store8 (local.get $to)
    (i32.eqz (call $import_code_hash (local.get $account) (i32.add (local.get $to) (i32.const 1)) (i32.const 16))))
  (call $none_if_not (local.get $to) (i32.const 32)))

(func $block_hash (param $number i32) (param $to i32)
  (i32.store8 (local.get $to)
    (i32.eqz (call $import_block_hash (local.get $number) (i32.add (local.get $to) (i32.const 1)))))
  (call $none_if_not (local.get $to) (i32.const 32)))

(func $recover (param $signature i64) (param $digest i32) (param $to i32)
  (i32.store8 (local.get $to) (i32.const 0))
  (if (i32.eq (call $length (local.get $signature)) (i32.const 65))
    (then
      (if (i32.eqz (call $ecdsa_recover (i32.wrap_i64 (local.get $signature)) (local.get $digest) (i32.const 432)))
        (then
          (i32.store8 (local.get $to)
            (i32.eqz (call $ecdsa_to_eth_address (i32.const 432) (i32.add (local.get $to) (i32.const 1)))))))))
  (call $none_if_not (local.get $to) (i32.const 20)))

(func $none_if_not (param $option i32) (param $size i32)
  (if (i32.eqz (i32.load8_u (local.get $option)))
    (then (memory.fill (i32.add (local.get $option) (i32.const 1)) (i32.const 0) (local.get $size)))))

;; Storage.

;; A value of $size bytes, or zeros: 1 if it has another size.
(func $load (param $key i32) (param $key_length i32) (param $to i32) (param $size i32) (result i32)
  (i32.store (i32.const 16) (local.get $size))
  (if (call $get_storage (local.get $key) (local.get $key_length) (local.get $to) (i32.const 16))
    (then
      (memory.fill (local.get $to) (i32.const 0) (local.get $size))
      (return (i32.const 0))))
  (i32.ne (i32.load (i32.const 16)) (local.get $size)))

;; A value of any size, to the end of the arena, ready to be decoded: 0 if there is none.
(func $load_any (param $key i32) (param $key_length i32) (result i32)
  (call $ensure (i32.const 16384))
  (i32.store (i32.const 16) (i32.sub (global.get $limit) (global.get $heap)))
  (if (call $get_storage (local.get $key) (local.get $key_length) (global.get $heap) (i32.const 16))
    (then (return (i32.const 0))))
  (call $begin (call $alloc (i32.load (i32.const 16))) (i32.load (i32.const 16)))
  (i32.const 1))

(func $exists (param $key i32) (param $key_length i32) (result i32)
  (i32.ne (call $contains_storage (local.get $key) (local.get $key_length)) (i32.const -1)))

;; The topic of what was encoded since $from, which is given up.
(func $topic (param $from i32) (param $to i32) (local $n i32)
  (local.set $n (i32.sub (global.get $heap) (local.get $from)))
  (if (i32.gt_u (local.get $n) (i32.const 32))
    (then (call $hash_blake2_256 (local.get $from) (local.get $n) (local.get $to)))
    (else
      (call $copy32 (local.get $to) (i32.const 512))
      (memory.copy (local.get $to) (local.get $from) (local.get $n))))
  (global.set $heap (local.get $from)))

;; Room for what another contract returns: at the end of the arena.
(func $answer_room
  (call $ensure (i32.const 16384))
  (i32.store (i32.const 16) (i32.sub (global.get $limit) (global.get $heap))))

;; The bytes that it returned.
(func $answer (result i64)
  (call $fat (call $alloc (i32.load (i32.const 16))) (i32.load (i32.const 16))))
