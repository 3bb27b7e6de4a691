;; Strings and bytes.

;; Whether bytes are UTF-8 (Unicode 16, table 3-7): no overlong forms, no surrogates, nothing above U+10FFFF.
(func $is_utf8 (param $text i64) (result i32)
  (local $at i32) (local $end i32) (local $byte i32) (local $more i32) (local $low i32) (local $high i32)
  (local.set $at (i32.wrap_i64 (local.get $text)))
  (local.set $end (i32.add (local.get $at) (call $length (local.get $text))))
  (block $wrong
    (block $right
      (loop $next
        (br_if $right (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $byte (i32.load8_u (local.get $at)))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br_if $next (i32.lt_u (local.get $byte) (i32.const 0x80)))
        (local.set $low (i32.const 0x80))
        (local.set $high (i32.const 0xbf))
        (br_if $wrong (i32.lt_u (local.get $byte) (i32.const 0xc2)))
        (br_if $wrong (i32.gt_u (local.get $byte) (i32.const 0xf4)))
        (local.set $more
          (i32.add
            (i32.const 1)
            (i32.add
              (i32.ge_u (local.get $byte) (i32.const 0xe0))
              (i32.ge_u (local.get $byte) (i32.const 0xf0)))))
        (br_if $wrong (i32.gt_u (local.get $more) (i32.sub (local.get $end) (local.get $at))))
        (if (i32.eq (local.get $byte) (i32.const 0xe0)) (then (local.set $low (i32.const 0xa0))))
        (if (i32.eq (local.get $byte) (i32.const 0xed)) (then (local.set $high (i32.const 0x9f))))
        (if (i32.eq (local.get $byte) (i32.const 0xf0)) (then (local.set $low (i32.const 0x90))))
        (if (i32.eq (local.get $byte) (i32.const 0xf4)) (then (local.set $high (i32.const 0x8f))))
        (loop $continuation
          (local.set $byte (i32.load8_u (local.get $at)))
          (br_if $wrong (i32.lt_u (local.get $byte) (local.get $low)))
          (br_if $wrong (i32.gt_u (local.get $byte) (local.get $high)))
          (local.set $low (i32.const 0x80))
          (local.set $high (i32.const 0xbf))
          (local.set $at (i32.add (local.get $at) (i32.const 1)))
          (br_if $continuation (local.tee $more (i32.sub (local.get $more) (i32.const 1)))))
        (br $next)))
    (return (i32.const 1)))
  (i32.const 0))

;; 1: not $from <= $to <= $length.
(func $is_no_range (param $from i32) (param $to i32) (param $length i32) (result i32)
  (i32.or
    (i32.gt_u (local.get $from) (local.get $to))
    (i32.gt_u (local.get $to) (local.get $length))))

(func $slice (param $text i64) (param $from i32) (param $to i32) (result i64)
  (call $fat
    (i32.add (i32.wrap_i64 (local.get $text)) (local.get $from))
    (i32.sub (local.get $to) (local.get $from))))

;; 1: a character of a string goes on at $at.
(func $is_cut (param $text i64) (param $at i32) (result i32)
  (if (i32.ge_u (local.get $at) (call $length (local.get $text))) (then (return (i32.const 0))))
  (i32.eq
    (i32.and
      (i32.load8_u (i32.add (i32.wrap_i64 (local.get $text)) (local.get $at)))
      (i32.const 0xc0))
    (i32.const 0x80)))

;; Two strings or bytes, one after the other. What is at the end of the arena is not copied again.
(func $join (param $a i64) (param $b i64) (result i64) (local $from i32)
  (local.set $from (i32.wrap_i64 (local.get $a)))
  (if (i32.ne (i32.add (local.get $from) (call $length (local.get $a))) (global.get $heap))
    (then
      (local.set $from (global.get $heap))
      (call $append_raw (i32.wrap_i64 (local.get $a)) (call $length (local.get $a)))))
  (call $append_raw (i32.wrap_i64 (local.get $b)) (call $length (local.get $b)))
  (call $since (local.get $from)))

;; Whether bytes have a byte.
(func $contains_byte (param $bytes i64) (param $byte i32) (result i32) (local $at i32) (local $end i32)
  (local.set $at (i32.wrap_i64 (local.get $bytes)))
  (local.set $end (i32.add (local.get $at) (call $length (local.get $bytes))))
  (block $done
    (loop $next
      (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
      (if (i32.eq (i32.load8_u (local.get $at)) (local.get $byte)) (then (return (i32.const 1))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br $next)))
  (i32.const 0))

;; 0x and hexadecimal digits.
(func $hex (param $at i32) (param $n i32) (result i64) (local $end i32) (local $from i32) (local $byte i32)
  (local.set $from (global.get $heap))
  (local.set $end (i32.add (local.get $at) (local.get $n)))
  (call $append_i32 (i32.const 0x7830) (i32.const 2))
  (block $done
    (loop $next
      (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
      (local.set $byte (i32.load8_u (local.get $at)))
      (call $append_i32
        (i32.or
          (call $hex_digit (i32.shr_u (local.get $byte) (i32.const 4)))
          (i32.shl (call $hex_digit (i32.and (local.get $byte) (i32.const 15))) (i32.const 8)))
        (i32.const 2))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br $next)))
  (call $since (local.get $from)))

(func $hex_digit (param $value i32) (result i32)
  (i32.add
    (local.get $value)
    (select (i32.const 48) (i32.const 87) (i32.lt_u (local.get $value) (i32.const 10)))))

;; The decimal digits of an unsigned integer in A, which becomes 0: nine at a time, from the last.
(func $decimal (result i64)
  (local $at i32) (local $end i32) (local $limb i32) (local $rest i64) (local $count i32)
  (local.set $at (i32.add (call $alloc (i32.const 80)) (i32.const 80)))
  (local.set $end (local.get $at))
  (loop $group
    (local.set $rest (i64.const 0))
    (local.set $limb (i32.const 60))
    (loop $divide
      (local.set $rest
        (i64.or (i64.shl (local.get $rest) (i64.const 32)) (i64.load32_u (local.get $limb))))
      (i64.store32 (local.get $limb) (i64.div_u (local.get $rest) (i64.const 1000000000)))
      (local.set $rest (i64.rem_u (local.get $rest) (i64.const 1000000000)))
      (br_if $divide (i32.ge_u (local.tee $limb (i32.sub (local.get $limb) (i32.const 4))) (i32.const 32))))
    ;; All nine digits where more follow, else those that there are.
    (local.set $count (select (i32.const 1) (i32.const 9) (call $is_zero32 (i32.const 32))))
    (loop $digit
      (local.set $at (i32.sub (local.get $at) (i32.const 1)))
      (i64.store8 (local.get $at) (i64.add (i64.rem_u (local.get $rest) (i64.const 10)) (i64.const 48)))
      (local.set $rest (i64.div_u (local.get $rest) (i64.const 10)))
      (local.set $count (i32.sub (local.get $count) (i32.const 1)))
      (br_if $digit (i32.or (i32.gt_s (local.get $count) (i32.const 0)) (i64.ne (local.get $rest) (i64.const 0)))))
    (br_if $group (i32.eqz (call $is_zero32 (i32.const 32)))))
  (call $fat (local.get $at) (i32.sub (local.get $end) (local.get $at))))

(func $u256_text (param $a i32) (result i64)
  (call $copy32 (i32.const 32) (local.get $a))
  (call $decimal))

(func $i256_text (param $a i32) (result i64) (local $text i64) (local $from i32)
  (if (i64.ge_s (i64.load offset=24 (local.get $a)) (i64.const 0)) (then (return (call $u256_text (local.get $a)))))
  (call $negate32 (i32.const 32) (local.get $a))
  (local.set $text (call $decimal))
  (local.set $from (i32.sub (i32.wrap_i64 (local.get $text)) (i32.const 1)))
  (i32.store8 (local.get $from) (i32.const 45))
  (call $fat (local.get $from) (i32.add (call $length (local.get $text)) (i32.const 1))))
