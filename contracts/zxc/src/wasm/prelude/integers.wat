;; 256-bit integers: four 64-bit limbs, the lowest first, two's complement. Every operation reads its operands before it writes
;; its result, so that they may be the same. It gives 1 where the result does not fit (what is written is then of no use).

(func $is_zero16 (param $a i32) (result i32)
  (i64.eqz (i64.or (i64.load (local.get $a)) (i64.load offset=8 (local.get $a)))))

(func $is_zero32 (param $a i32) (result i32)
  (i64.eqz (i64.or
    (i64.or (i64.load (local.get $a)) (i64.load offset=8 (local.get $a)))
    (i64.or (i64.load offset=16 (local.get $a)) (i64.load offset=24 (local.get $a))))))

(func $is_negative32 (param $a i32) (result i32)
  (i64.lt_s (i64.load offset=24 (local.get $a)) (i64.const 0)))

(func $u256_add (param $d i32) (param $a i32) (param $b i32) (result i32)
  (local $x i64) (local $sum i64) (local $carry i64)
  (local.set $x (i64.load (local.get $a)))
  (local.set $sum (i64.add (local.get $x) (i64.load (local.get $b))))
  (local.set $carry (i64.extend_i32_u (i64.lt_u (local.get $sum) (local.get $x))))
  (i64.store (local.get $d) (local.get $sum))

  (local.set $x (i64.load offset=8 (local.get $a)))
  (local.set $sum (i64.add (local.get $x) (i64.load offset=8 (local.get $b))))
  (local.set $x (i64.extend_i32_u (i64.lt_u (local.get $sum) (local.get $x))))
  (local.set $sum (i64.add (local.get $sum) (local.get $carry)))
  (local.set $carry (i64.or (local.get $x) (i64.extend_i32_u (i64.lt_u (local.get $sum) (local.get $carry)))))
  (i64.store offset=8 (local.get $d) (local.get $sum))

  (local.set $x (i64.load offset=16 (local.get $a)))
  (local.set $sum (i64.add (local.get $x) (i64.load offset=16 (local.get $b))))
  (local.set $x (i64.extend_i32_u (i64.lt_u (local.get $sum) (local.get $x))))
  (local.set $sum (i64.add (local.get $sum) (local.get $carry)))
  (local.set $carry (i64.or (local.get $x) (i64.extend_i32_u (i64.lt_u (local.get $sum) (local.get $carry)))))
  (i64.store offset=16 (local.get $d) (local.get $sum))

  (local.set $x (i64.load offset=24 (local.get $a)))
  (local.set $sum (i64.add (local.get $x) (i64.load offset=24 (local.get $b))))
  (local.set $x (i64.extend_i32_u (i64.lt_u (local.get $sum) (local.get $x))))
  (local.set $sum (i64.add (local.get $sum) (local.get $carry)))
  (local.set $carry (i64.or (local.get $x) (i64.extend_i32_u (i64.lt_u (local.get $sum) (local.get $carry)))))
  (i64.store offset=24 (local.get $d) (local.get $sum))
  (i32.wrap_i64 (local.get $carry)))

(func $u256_subtract (param $d i32) (param $a i32) (param $b i32) (result i32)
  (local $x i64) (local $y i64) (local $borrow i64)
  (local.set $x (i64.load (local.get $a)))
  (local.set $y (i64.load (local.get $b)))
  (i64.store (local.get $d) (i64.sub (local.get $x) (local.get $y)))
  (local.set $borrow (i64.extend_i32_u (i64.lt_u (local.get $x) (local.get $y))))

  (local.set $x (i64.load offset=8 (local.get $a)))
  (local.set $y (i64.load offset=8 (local.get $b)))
  (i64.store offset=8 (local.get $d) (i64.sub (i64.sub (local.get $x) (local.get $y)) (local.get $borrow)))
  (local.set $borrow (call $borrow (local.get $x) (local.get $y) (local.get $borrow)))

  (local.set $x (i64.load offset=16 (local.get $a)))
  (local.set $y (i64.load offset=16 (local.get $b)))
  (i64.store offset=16 (local.get $d) (i64.sub (i64.sub (local.get $x) (local.get $y)) (local.get $borrow)))
  (local.set $borrow (call $borrow (local.get $x) (local.get $y) (local.get $borrow)))

  (local.set $x (i64.load offset=24 (local.get $a)))
  (local.set $y (i64.load offset=24 (local.get $b)))
  (i64.store offset=24 (local.get $d) (i64.sub (i64.sub (local.get $x) (local.get $y)) (local.get $borrow)))
  (i32.wrap_i64 (call $borrow (local.get $x) (local.get $y) (local.get $borrow))))

;; Whether $x - $y - $borrow is below 0.
(func $borrow (param $x i64) (param $y i64) (param $borrow i64) (result i64)
  (i64.or
    (i64.extend_i32_u (i64.lt_u (local.get $x) (local.get $y)))
    (i64.and
      (i64.extend_i32_u (i64.eq (local.get $x) (local.get $y)))
      (local.get $borrow))))

(func $i256_add (param $d i32) (param $a i32) (param $b i32) (result i32) (local $x i64) (local $y i64)
  (local.set $x (i64.load offset=24 (local.get $a)))
  (local.set $y (i64.load offset=24 (local.get $b)))
  (drop (call $u256_add (local.get $d) (local.get $a) (local.get $b)))
  ;; The sum has a sign that neither operand has.
  (i64.lt_s
    (i64.and
      (i64.xor (local.get $x) (i64.load offset=24 (local.get $d)))
      (i64.xor (local.get $y) (i64.load offset=24 (local.get $d))))
    (i64.const 0)))

(func $i256_subtract (param $d i32) (param $a i32) (param $b i32) (result i32) (local $x i64) (local $y i64)
  (local.set $x (i64.load offset=24 (local.get $a)))
  (local.set $y (i64.load offset=24 (local.get $b)))
  (drop (call $u256_subtract (local.get $d) (local.get $a) (local.get $b)))
  ;; The operands differ in sign, and the difference has that of the second.
  (i64.lt_s
    (i64.and
      (i64.xor (local.get $x) (local.get $y))
      (i64.xor (local.get $x) (i64.load offset=24 (local.get $d))))
    (i64.const 0)))

(func $negate32 (param $d i32) (param $a i32)
  (drop (call $u256_subtract (local.get $d) (i32.const 512) (local.get $a))))

;; The absolute value, unsigned.
(func $absolute32 (param $d i32) (param $a i32)
  (if (call $is_negative32 (local.get $a))
    (then (call $negate32 (local.get $d) (local.get $a)))
    (else (call $copy32 (local.get $d) (local.get $a)))))

(func $u256_less (param $a i32) (param $b i32) (result i32) (local $x i64) (local $y i64)
  (block $differ
    (br_if $differ (i64.ne
      (local.tee $x (i64.load offset=24 (local.get $a)))
      (local.tee $y (i64.load offset=24 (local.get $b)))))
    (br_if $differ (i64.ne
      (local.tee $x (i64.load offset=16 (local.get $a)))
      (local.tee $y (i64.load offset=16 (local.get $b)))))
    (br_if $differ (i64.ne
      (local.tee $x (i64.load offset=8 (local.get $a)))
      (local.tee $y (i64.load offset=8 (local.get $b)))))
    (local.set $x (i64.load (local.get $a)))
    (local.set $y (i64.load (local.get $b))))
  (i64.lt_u (local.get $x) (local.get $y)))

(func $i256_less (param $a i32) (param $b i32) (result i32) (local $x i64) (local $y i64)
  (if (i64.ne
      (local.tee $x (i64.load offset=24 (local.get $a)))
      (local.tee $y (i64.load offset=24 (local.get $b))))
    (then (return (i64.lt_s (local.get $x) (local.get $y)))))
  (call $u256_less (local.get $a) (local.get $b)))

(func $u256_greater (param $a i32) (param $b i32) (result i32)
  (call $u256_less (local.get $b) (local.get $a)))

(func $i256_greater (param $a i32) (param $b i32) (result i32)
  (call $i256_less (local.get $b) (local.get $a)))

;; How many bytes an integer takes without its leading zeros, in steps of four.
(func $bytes32 (param $a i32) (result i32) (local $n i32)
  (local.set $n (i32.const 32))
  (block $done
    (loop $next
      (br_if $done (i32.eqz (local.get $n)))
      (br_if $done (i32.load (i32.sub (i32.add (local.get $a) (local.get $n)) (i32.const 4))))
      (local.set $n (i32.sub (local.get $n) (i32.const 4)))
      (br $next)))
  (local.get $n))

;; Row by row in limbs of 32 bits; the result grows in R.
(func $u256_multiply (param $d i32) (param $a i32) (param $b i32) (result i32)
  (local $i i32) (local $j i32) (local $n i32) (local $m i32) (local $x i64) (local $sum i64)
  (memory.fill (i32.const 96) (i32.const 0) (i32.const 32))
  (local.set $n (call $bytes32 (local.get $a)))
  (local.set $m (call $bytes32 (local.get $b)))
  (if (i32.and (i32.ne (local.get $n) (i32.const 0)) (i32.ne (local.get $m) (i32.const 0)))
    (then
      (loop $row
        (local.set $x (i64.load32_u (i32.add (local.get $a) (local.get $i))))
        (if (i64.ne (local.get $x) (i64.const 0))
          (then
            (if (i32.gt_u (i32.add (local.get $i) (local.get $m)) (i32.const 32)) (then (return (i32.const 1))))
            (local.set $sum (i64.const 0))
            (local.set $j (i32.const 0))
            (loop $column
              ;; $sum is the carry: at most 2^32 - 1, so the sum fits.
              (local.set $sum
                (i64.add
                  (i64.add
                    (local.get $sum)
                    (i64.load32_u offset=96 (i32.add (local.get $i) (local.get $j))))
                  (i64.mul
                    (local.get $x)
                    (i64.load32_u (i32.add (local.get $b) (local.get $j))))))
              (i64.store32 offset=96 (i32.add (local.get $i) (local.get $j)) (local.get $sum))
              (local.set $sum (i64.shr_u (local.get $sum) (i64.const 32)))
              (br_if $column
                (i32.lt_u (local.tee $j (i32.add (local.get $j) (i32.const 4))) (local.get $m))))
            (if (i64.ne (local.get $sum) (i64.const 0))
              (then
                (if (i32.eq (i32.add (local.get $i) (local.get $m)) (i32.const 32)) (then (return (i32.const 1))))
                (i64.store32 offset=96 (i32.add (local.get $i) (local.get $m)) (local.get $sum))))))
        (br_if $row (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 4))) (local.get $n))))))
  (call $copy32 (local.get $d) (i32.const 96))
  (i32.const 0))

;; Gives an absolute value its sign: 1 where it does not fit.
(func $sign32 (param $d i32) (param $negative i32) (result i32)
  (if (local.get $negative)
    (then
      (call $negate32 (local.get $d) (local.get $d))
      (return (i32.and
        (i32.eqz (call $is_negative32 (local.get $d)))
        (i32.eqz (call $is_zero32 (local.get $d)))))))
  (call $is_negative32 (local.get $d)))

(func $i256_multiply (param $d i32) (param $a i32) (param $b i32) (result i32) (local $negative i32)
  (local.set $negative (i32.xor (call $is_negative32 (local.get $a)) (call $is_negative32 (local.get $b))))
  (call $absolute32 (i32.const 32) (local.get $a))
  (call $absolute32 (i32.const 64) (local.get $b))
  (if (call $u256_multiply (local.get $d) (i32.const 32) (i32.const 64)) (then (return (i32.const 1))))
  (call $sign32 (local.get $d) (local.get $negative)))

(func $u256_divide (param $d i32) (param $a i32) (param $b i32) (result i32)
  (call $divide (local.get $a) (local.get $b))
  (call $copy32 (local.get $d) (i32.const 128))
  (i32.const 0))

(func $u256_remainder (param $d i32) (param $a i32) (param $b i32) (result i32)
  (call $divide (local.get $a) (local.get $b))
  (call $copy32 (local.get $d) (i32.const 96))
  (i32.const 0))

(func $i256_divide (param $d i32) (param $a i32) (param $b i32) (result i32) (local $negative i32)
  (local.set $negative (i32.xor (call $is_negative32 (local.get $a)) (call $is_negative32 (local.get $b))))
  (call $divide_absolute (local.get $a) (local.get $b))
  (call $copy32 (local.get $d) (i32.const 128))
  (call $sign32 (local.get $d) (local.get $negative)))

(func $i256_remainder (param $d i32) (param $a i32) (param $b i32) (result i32) (local $negative i32)
  (local.set $negative (call $is_negative32 (local.get $a)))
  (call $divide_absolute (local.get $a) (local.get $b))
  (call $copy32 (local.get $d) (i32.const 96))
  (call $sign32 (local.get $d) (local.get $negative)))

(func $divide_absolute (param $a i32) (param $b i32)
  (call $absolute32 (i32.const 32) (local.get $a))
  (call $absolute32 (i32.const 64) (local.get $b))
  (call $divide (i32.const 32) (i32.const 64)))

;; Quotient to Q, remainder to R, of unsigned integers; $b is not 0. Neither operand is in Q, R, U or V.
(func $divide (param $a i32) (param $b i32) (local $n i32) (local $at i32) (local $rest i64)
  (memory.fill (i32.const 96) (i32.const 0) (i32.const 64))
  (local.set $n (call $bytes32 (local.get $b)))
  (if (i32.le_u (local.get $n) (i32.const 8))
    (then (if (i32.le_u (call $bytes32 (local.get $a)) (i32.const 8))
      (then
        (i64.store (i32.const 128) (i64.div_u (i64.load (local.get $a)) (i64.load (local.get $b))))
        (i64.store (i32.const 96) (i64.rem_u (i64.load (local.get $a)) (i64.load (local.get $b))))
        (return)))))
  (if (call $u256_less (local.get $a) (local.get $b))
    (then
      (call $copy32 (i32.const 96) (local.get $a))
      (return)))
  (if (i32.gt_u (local.get $n) (i32.const 4))
    (then
      (call $divide_long (local.get $a) (local.get $b) (local.get $n))
      (return)))
  ;; By one limb.
  (local.set $at (i32.const 28))
  (loop $limb
    (local.set $rest
      (i64.or
        (i64.shl (local.get $rest) (i64.const 32))
        (i64.load32_u (i32.add (local.get $a) (local.get $at)))))
    (i64.store32 offset=128 (local.get $at) (i64.div_u (local.get $rest) (i64.load32_u (local.get $b))))
    (local.set $rest (i64.rem_u (local.get $rest) (i64.load32_u (local.get $b))))
    (br_if $limb (i32.ge_s (local.tee $at (i32.sub (local.get $at) (i32.const 4))) (i32.const 0))))
  (i64.store (i32.const 96) (local.get $rest)))

;; Knuth's algorithm D (The Art of Computer Programming, volume 2, 4.3.1) with limbs of 32 bits: the divisor has $n >= 8 bytes,
;; the dividend as many or more.
(func $divide_long (param $a i32) (param $b i32) (param $n i32)
  (local $shift i32) (local $j i32) (local $i i32)
  (local $guess i64) (local $rest i64) (local $top i64) (local $carry i64) (local $borrow i64) (local $part i64)
  ;; D1: both shifted so that the divisor's first bit is 1.
  (local.set $shift (i32.clz (i32.load (i32.sub (i32.add (local.get $b) (local.get $n)) (i32.const 4)))))
  (i64.store (i32.const 192) (i64.const 0))
  (call $shift_limbs (i32.const 160) (local.get $a) (local.get $shift) (i32.const 1))
  (call $shift_limbs (i32.const 200) (local.get $b) (local.get $shift) (i32.const 0))
  (local.set $top (i64.load32_u offset=196 (local.get $n)))
  (local.set $j (i32.sub (i32.const 32) (local.get $n)))
  (loop $digit
    ;; D3: a guess from the first two limbs; the third makes it at most one too much.
    (local.set $part
      (i64.or
        (i64.shl (i64.load32_u offset=160 (i32.add (local.get $j) (local.get $n))) (i64.const 32))
        (i64.load32_u offset=156 (i32.add (local.get $j) (local.get $n)))))
    (local.set $guess (i64.div_u (local.get $part) (local.get $top)))
    (local.set $rest (i64.rem_u (local.get $part) (local.get $top)))
    (block $good
      (loop $less
        (if (i64.le_u (local.get $guess) (i64.const 0xffffffff))
          (then
            (br_if $good
              (i64.le_u
                (i64.mul (local.get $guess) (i64.load32_u offset=192 (local.get $n)))
                (i64.or
                  (i64.shl (local.get $rest) (i64.const 32))
                  (i64.load32_u offset=152 (i32.add (local.get $j) (local.get $n))))))))
        (local.set $guess (i64.sub (local.get $guess) (i64.const 1)))
        (local.set $rest (i64.add (local.get $rest) (local.get $top)))
        (br_if $less (i64.le_u (local.get $rest) (i64.const 0xffffffff)))))
    ;; D4: minus the guess times the divisor.
    (local.set $carry (i64.const 0))
    (local.set $borrow (i64.const 0))
    (local.set $i (i32.const 0))
    (loop $limb
      (local.set $carry
        (i64.add
          (i64.mul (local.get $guess) (i64.load32_u offset=200 (local.get $i)))
          (local.get $carry)))
      (local.set $part
        (i64.sub
          (i64.sub
            (i64.load32_u offset=160 (i32.add (local.get $i) (local.get $j)))
            (i64.and (local.get $carry) (i64.const 0xffffffff)))
          (local.get $borrow)))
      (i64.store32 offset=160 (i32.add (local.get $i) (local.get $j)) (local.get $part))
      (local.set $borrow (i64.shr_u (local.get $part) (i64.const 63)))
      (local.set $carry (i64.shr_u (local.get $carry) (i64.const 32)))
      (br_if $limb (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 4))) (local.get $n))))
    (local.set $part
      (i64.sub
        (i64.sub (i64.load32_u offset=160 (i32.add (local.get $i) (local.get $j))) (local.get $carry))
        (local.get $borrow)))
    (i64.store32 offset=160 (i32.add (local.get $i) (local.get $j)) (local.get $part))
    (if (i64.lt_s (local.get $part) (i64.const 0))
      (then
        ;; D6: it was one too much.
        (local.set $guess (i64.sub (local.get $guess) (i64.const 1)))
        (local.set $carry (i64.const 0))
        (local.set $i (i32.const 0))
        (loop $limb
          (local.set $carry
            (i64.add
              (i64.add
                (i64.load32_u offset=160 (i32.add (local.get $i) (local.get $j)))
                (i64.load32_u offset=200 (local.get $i)))
              (local.get $carry)))
          (i64.store32 offset=160 (i32.add (local.get $i) (local.get $j)) (local.get $carry))
          (local.set $carry (i64.shr_u (local.get $carry) (i64.const 32)))
          (br_if $limb (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 4))) (local.get $n))))
        (i64.store32 offset=160 (i32.add (local.get $i) (local.get $j))
          (i64.add (i64.load32_u offset=160 (i32.add (local.get $i) (local.get $j))) (local.get $carry)))))
    (i64.store32 offset=128 (local.get $j) (local.get $guess))
    (br_if $digit (i32.ge_s (local.tee $j (i32.sub (local.get $j) (i32.const 4))) (i32.const 0))))
  ;; D8: the remainder, shifted back.
  (local.set $i (i32.const 0))
  (loop $limb
    (i64.store32 offset=96 (local.get $i)
      (i64.shr_u
        (i64.load offset=160 align=4 (local.get $i))
        (i64.extend_i32_u (local.get $shift))))
    (br_if $limb (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 4))) (local.get $n)))))

;; Eight limbs of 32 bits, shifted left by less than 32 bits; with $more, also what is shifted out.
(func $shift_limbs (param $to i32) (param $from i32) (param $shift i32) (param $more i32)
  (local $at i32) (local $carry i64)
  (loop $limb
    (local.set $carry
      (i64.or
        (i64.shl
          (i64.load32_u (i32.add (local.get $from) (local.get $at)))
          (i64.extend_i32_u (local.get $shift)))
        (local.get $carry)))
    (i64.store32 (i32.add (local.get $to) (local.get $at)) (local.get $carry))
    (local.set $carry (i64.shr_u (local.get $carry) (i64.const 32)))
    (br_if $limb (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 4))) (i32.const 32))))
  (if (local.get $more) (then (i64.store32 (i32.add (local.get $to) (i32.const 32)) (local.get $carry)))))
