;; SCALE. Encoders put bytes at the end of the arena. Decoders read from $in up to $in_end; what fails sets $bad and gives
;; zeros or rubbish, and $finish tells.

(func $append_i32 (param $value i32) (param $n i32)
  (call $ensure (i32.const 8))
  (i32.store (global.get $heap) (local.get $value))
  (global.set $heap (i32.add (global.get $heap) (local.get $n))))

(func $append_i64 (param $value i64)
  (call $ensure (i32.const 8))
  (i64.store (global.get $heap) (local.get $value))
  (global.set $heap (i32.add (global.get $heap) (i32.const 8))))

(func $append_raw (param $from i32) (param $n i32)
  (call $ensure (local.get $n))
  (memory.copy (global.get $heap) (local.get $from) (local.get $n))
  (global.set $heap (i32.add (global.get $heap) (local.get $n))))

;; A compact length; no contract has memory for 2^30.
(func $append_compact (param $n i32)
  (if (i32.lt_u (local.get $n) (i32.const 64))
    (then (call $append_i32 (i32.shl (local.get $n) (i32.const 2)) (i32.const 1)))
    (else (if (i32.lt_u (local.get $n) (i32.const 16384))
      (then (call $append_i32 (i32.or (i32.shl (local.get $n) (i32.const 2)) (i32.const 1)) (i32.const 2)))
      (else (call $append_i32 (i32.or (i32.shl (local.get $n) (i32.const 2)) (i32.const 2)) (i32.const 4)))))))

(func $append_bytes (param $text i64)
  (call $append_compact (call $length (local.get $text)))
  (call $append_raw (i32.wrap_i64 (local.get $text)) (call $length (local.get $text))))

;; A list whose elements look in memory as they are encoded.
(func $append_plain_list (param $list i32) (param $size i32)
  (call $append_compact (i32.load (local.get $list)))
  (call $append_raw (i32.add (local.get $list) (i32.const 8)) (i32.mul (i32.load (local.get $list)) (local.get $size))))

(func $begin (param $from i32) (param $n i32)
  (global.set $in (local.get $from))
  (global.set $in_end (i32.add (local.get $from) (local.get $n)))
  (global.set $bad (i32.const 0)))

(func $begin_bytes (param $bytes i64)
  (call $begin (i32.wrap_i64 (local.get $bytes)) (call $length (local.get $bytes))))

;; 1: something did not decode, or there is more.
(func $finish (result i32)
  (i32.or (global.get $bad) (i32.ne (global.get $in) (global.get $in_end))))

;; Where the next $n bytes are; without them, zeros for up to 2,048.
(func $take (param $n i32) (result i32)
  (if (i32.gt_u (local.get $n) (i32.sub (global.get $in_end) (global.get $in)))
    (then
      (global.set $bad (i32.const 1))
      (return (i32.const 512))))
  (global.get $in)
  (global.set $in (i32.add (global.get $in) (local.get $n))))

;; A byte below $count: a boolean, a variant, the first byte of an option.
(func $take_below (param $count i32) (result i32) (local $value i32)
  (local.set $value (i32.load8_u (call $take (i32.const 1))))
  (if (i32.ge_u (local.get $value) (local.get $count))
    (then
      (global.set $bad (i32.const 1))
      (return (i32.const 0))))
  (local.get $value))

;; A compact length in its shortest form; at most as many as the bytes left, each of which takes at least $size. 0 if not.
(func $take_length (param $size i32) (result i32) (local $first i32) (local $value i32) (local $least i32)
  (local.set $first (i32.and (i32.load8_u (call $take (i32.const 1))) (i32.const 3)))
  (if (global.get $bad) (then (return (i32.const 0))))
  (global.set $in (i32.sub (global.get $in) (i32.const 1)))
  (block $wrong
    (br_if $wrong (i32.eq (local.get $first) (i32.const 3)))
    (if (i32.eqz (local.get $first))
      (then (local.set $value (i32.load8_u (call $take (i32.const 1)))))
      (else (if (i32.eq (local.get $first) (i32.const 1))
        (then
          (local.set $value (i32.load16_u (call $take (i32.const 2))))
          (local.set $least (i32.const 64)))
        (else
          (local.set $value (i32.load (call $take (i32.const 4))))
          (local.set $least (i32.const 16384))))))
    (local.set $value (i32.shr_u (local.get $value) (i32.const 2)))
    (br_if $wrong (global.get $bad))
    (br_if $wrong (i32.lt_u (local.get $value) (local.get $least)))
    (br_if $wrong
      (i64.gt_u
        (i64.mul (i64.extend_i32_u (local.get $value)) (i64.extend_i32_u (local.get $size)))
        (i64.extend_i32_u (i32.sub (global.get $in_end) (global.get $in)))))
    (return (local.get $value)))
  (global.set $bad (i32.const 1))
  (i32.const 0))

;; Bytes stay where they were decoded from.
(func $take_bytes (result i64) (local $n i32)
  (local.set $n (call $take_length (i32.const 1)))
  (call $fat (call $take (local.get $n)) (local.get $n)))

(func $take_string (result i64) (local $text i64)
  (local.set $text (call $take_bytes))
  (if (i32.eqz (call $is_utf8 (local.get $text)))
    (then
      (global.set $bad (i32.const 1))
      (return (i64.const 0))))
  (local.get $text))

;; A list whose elements look in memory as they are encoded, whatever they are.
(func $take_plain_list (param $size i32) (result i32) (local $n i32) (local $list i32)
  (local.set $n (call $take_length (local.get $size)))
  (if (i32.eqz (local.get $n)) (then (return (i32.const 0))))
  (local.set $list (call $new_list (local.get $n) (local.get $size)))
  (memory.copy
    (i32.add (local.get $list) (i32.const 8))
    (call $take (i32.mul (local.get $n) (local.get $size)))
    (i32.mul (local.get $n) (local.get $size)))
  (local.get $list))
