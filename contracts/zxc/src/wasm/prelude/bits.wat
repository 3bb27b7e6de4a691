;; Bits of 256-bit integers, and conversions between widths.

(func $and32 (param $d i32) (param $a i32) (param $b i32) (result i32) (local $i i32)
  (loop $limb
    (i64.store (i32.add (local.get $d) (local.get $i))
      (i64.and
        (i64.load (i32.add (local.get $a) (local.get $i)))
        (i64.load (i32.add (local.get $b) (local.get $i)))))
    (br_if $limb (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 8))) (i32.const 32))))
  (i32.const 0))

(func $or32 (param $d i32) (param $a i32) (param $b i32) (result i32) (local $i i32)
  (loop $limb
    (i64.store (i32.add (local.get $d) (local.get $i))
      (i64.or
        (i64.load (i32.add (local.get $a) (local.get $i)))
        (i64.load (i32.add (local.get $b) (local.get $i)))))
    (br_if $limb (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 8))) (i32.const 32))))
  (i32.const 0))

(func $xor32 (param $d i32) (param $a i32) (param $b i32) (result i32) (local $i i32)
  (loop $limb
    (i64.store (i32.add (local.get $d) (local.get $i))
      (i64.xor
        (i64.load (i32.add (local.get $a) (local.get $i)))
        (i64.load (i32.add (local.get $b) (local.get $i)))))
    (br_if $limb (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 8))) (i32.const 32))))
  (i32.const 0))

(func $complement (param $d i32) (param $a i32) (param $n i32) (local $i i32)
  (loop $limb
    (i64.store (i32.add (local.get $d) (local.get $i))
      (i64.xor (i64.load (i32.add (local.get $a) (local.get $i))) (i64.const -1)))
    (br_if $limb (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 8))) (local.get $n)))))

;; A limb; beyond either end, $fill.
(func $limb (param $a i32) (param $index i32) (param $fill i64) (result i64)
  (if (i32.gt_u (local.get $index) (i32.const 3)) (then (return (local.get $fill))))
  (i64.load (i32.add (local.get $a) (i32.shl (local.get $index) (i32.const 3)))))

;; $a (not R) divided by 2^$n, rounded down; what comes in from the left is $fill.
(func $shift_right (param $d i32) (param $a i32) (param $n i32) (param $fill i64)
  (local $i i32) (local $word i32) (local $bits i64) (local $low i64)
  (local.set $n (select (local.get $n) (i32.const 256) (i32.lt_u (local.get $n) (i32.const 256))))
  (local.set $bits (i64.extend_i32_u (i32.and (local.get $n) (i32.const 63))))
  (loop $next
    (local.set $word (i32.add (local.get $i) (i32.shr_u (local.get $n) (i32.const 6))))
    (local.set $low (i64.shr_u (call $limb (local.get $a) (local.get $word) (local.get $fill)) (local.get $bits)))
    (if (i64.ne (local.get $bits) (i64.const 0))
      (then
        (local.set $low
          (i64.or
            (local.get $low)
            (i64.shl
              (call $limb (local.get $a) (i32.add (local.get $word) (i32.const 1)) (local.get $fill))
              (i64.sub (i64.const 64) (local.get $bits)))))))
    (i64.store offset=96 (i32.shl (local.get $i) (i32.const 3)) (local.get $low))
    (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 4))))
  (call $copy32 (local.get $d) (i32.const 96)))

;; $a (not R) times 2^$n, what leaves on the left lost.
(func $shift_left (param $d i32) (param $a i32) (param $n i32)
  (local $i i32) (local $word i32) (local $bits i64) (local $high i64)
  (local.set $n (select (local.get $n) (i32.const 256) (i32.lt_u (local.get $n) (i32.const 256))))
  (local.set $bits (i64.extend_i32_u (i32.and (local.get $n) (i32.const 63))))
  (loop $next
    (local.set $word (i32.sub (local.get $i) (i32.shr_u (local.get $n) (i32.const 6))))
    (local.set $high (i64.shl (call $limb (local.get $a) (local.get $word) (i64.const 0)) (local.get $bits)))
    (if (i64.ne (local.get $bits) (i64.const 0))
      (then
        (local.set $high
          (i64.or
            (local.get $high)
            (i64.shr_u
              (call $limb (local.get $a) (i32.sub (local.get $word) (i32.const 1)) (i64.const 0))
              (i64.sub (i64.const 64) (local.get $bits)))))))
    (i64.store offset=96 (i32.shl (local.get $i) (i32.const 3)) (local.get $high))
    (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 4))))
  (call $copy32 (local.get $d) (i32.const 96)))

(func $u256_shift_right (param $d i32) (param $a i32) (param $n i32) (result i32)
  (call $shift_right (local.get $d) (local.get $a) (local.get $n) (i64.const 0))
  (i32.const 0))

(func $i256_shift_right (param $d i32) (param $a i32) (param $n i32) (result i32)
  (call $shift_right (local.get $d) (local.get $a) (local.get $n)
    (i64.shr_s (i64.load offset=24 (local.get $a)) (i64.const 63)))
  (i32.const 0))

;; A shift that fits can be undone.
(func $u256_shift_left (param $d i32) (param $a i32) (param $n i32) (result i32)
  (call $copy32 (i32.const 32) (local.get $a))
  (call $shift_left (local.get $d) (i32.const 32) (local.get $n))
  (call $shift_right (i32.const 64) (local.get $d) (local.get $n) (i64.const 0))
  (i32.eqz (call $equal32 (i32.const 32) (i32.const 64))))

(func $i256_shift_left (param $d i32) (param $a i32) (param $n i32) (result i32)
  (call $copy32 (i32.const 32) (local.get $a))
  (call $shift_left (local.get $d) (i32.const 32) (local.get $n))
  (call $shift_right (i32.const 64) (local.get $d) (local.get $n)
    (i64.shr_s (i64.load offset=24 (local.get $d)) (i64.const 63)))
  (i32.eqz (call $equal32 (i32.const 32) (i32.const 64))))

;; Wider.

(func $widen_u64 (param $d i32) (param $value i64)
  (i64.store (local.get $d) (local.get $value))
  (i64.store offset=8 (local.get $d) (i64.const 0))
  (i64.store offset=16 (local.get $d) (i64.const 0))
  (i64.store offset=24 (local.get $d) (i64.const 0)))

(func $widen_i64 (param $d i32) (param $value i64) (local $sign i64)
  (local.set $sign (i64.shr_s (local.get $value) (i64.const 63)))
  (i64.store (local.get $d) (local.get $value))
  (i64.store offset=8 (local.get $d) (local.get $sign))
  (i64.store offset=16 (local.get $d) (local.get $sign))
  (i64.store offset=24 (local.get $d) (local.get $sign)))

(func $widen_u128 (param $d i32) (param $a i32)
  (call $copy16 (local.get $d) (local.get $a))
  (i64.store offset=16 (local.get $d) (i64.const 0))
  (i64.store offset=24 (local.get $d) (i64.const 0)))

(func $widen_i128 (param $d i32) (param $a i32) (local $sign i64)
  (local.set $sign (i64.shr_s (i64.load offset=8 (local.get $a)) (i64.const 63)))
  (call $copy16 (local.get $d) (local.get $a))
  (i64.store offset=16 (local.get $d) (local.get $sign))
  (i64.store offset=24 (local.get $d) (local.get $sign)))

;; Narrower, from a signed 256-bit integer: 1 where it does not fit.

(func $exceeds_unsigned (param $a i32) (param $bits i32) (result i32)
  (if (i32.eq (local.get $bits) (i32.const 256)) (then (return (call $is_negative32 (local.get $a)))))
  (if (i32.eqz (call $is_zero16 (i32.add (local.get $a) (i32.const 16)))) (then (return (i32.const 1))))
  (if (i32.eq (local.get $bits) (i32.const 128)) (then (return (i32.const 0))))
  (if (i64.ne (i64.load offset=8 (local.get $a)) (i64.const 0)) (then (return (i32.const 1))))
  (if (i32.eq (local.get $bits) (i32.const 64)) (then (return (i32.const 0))))
  (i64.ne (i64.shr_u (i64.load (local.get $a)) (i64.extend_i32_u (local.get $bits))) (i64.const 0)))

(func $exceeds_signed (param $a i32) (param $bits i32) (result i32) (local $sign i64)
  (local.set $sign (i64.shr_s (i64.load offset=8 (local.get $a)) (i64.const 63)))
  (if (i32.eq (local.get $bits) (i32.const 64))
    (then
      (local.set $sign (i64.shr_s (i64.load (local.get $a)) (i64.const 63)))
      (if (i64.ne (i64.load offset=8 (local.get $a)) (local.get $sign)) (then (return (i32.const 1))))))
  (i32.or
    (i64.ne (i64.load offset=16 (local.get $a)) (local.get $sign))
    (i64.ne (i64.load offset=24 (local.get $a)) (local.get $sign))))

;; Whether a product of 64-bit integers does not fit.

(func $u64_multiply_exceeds (param $a i64) (param $b i64) (result i32)
  (if (i64.eqz (local.get $a)) (then (return (i32.const 0))))
  (i64.ne (i64.div_u (i64.mul (local.get $a) (local.get $b)) (local.get $a)) (local.get $b)))

(func $i64_multiply_exceeds (param $a i64) (param $b i64) (result i32)
  (if (i64.eqz (local.get $a)) (then (return (i32.const 0))))
  ;; The one quotient that would trap, and the one product that would seem right.
  (if (i64.eq (local.get $a) (i64.const -1)) (then (return (i64.eq (local.get $b) (i64.const 0x8000000000000000)))))
  (i64.ne (i64.div_s (i64.mul (local.get $a) (local.get $b)) (local.get $a)) (local.get $b)))
