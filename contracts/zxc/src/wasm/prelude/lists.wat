;; Lists: a length, how many elements there is room for, and the elements. The empty list is at 0.

(func $new_list (param $n i32) (param $size i32) (result i32) (local $list i32)
  (local.set $list (call $alloc_elements (local.get $n) (local.get $size)))
  (i32.store (local.get $list) (local.get $n))
  (i32.store offset=4 (local.get $list) (local.get $n))
  (local.get $list))

;; Room for a list: more than fits into 32 bits is more than there is.
(func $alloc_elements (param $n i32) (param $size i32) (result i32) (local $bytes i64)
  (local.set $bytes
    (i64.add (i64.mul (i64.extend_i32_u (local.get $n)) (i64.extend_i32_u (local.get $size))) (i64.const 8)))
  (call $alloc
    (select
      (i32.wrap_i64 (local.get $bytes))
      (i32.const 0x7fffffff)
      (i64.lt_u (local.get $bytes) (i64.const 0x7fffffff)))))

;; The part of a list from $from up to $to.
(func $list_slice (param $list i32) (param $from i32) (param $to i32) (param $size i32) (result i32) (local $new i32)
  (local.set $new (call $new_list (i32.sub (local.get $to) (local.get $from)) (local.get $size)))
  (memory.copy
    (i32.add (local.get $new) (i32.const 8))
    (i32.add (i32.add (local.get $list) (i32.const 8)) (i32.mul (local.get $from) (local.get $size)))
    (i32.mul (i32.sub (local.get $to) (local.get $from)) (local.get $size)))
  (local.get $new))

(func $list_copy (param $list i32) (param $size i32) (result i32)
  (call $list_slice (local.get $list) (i32.const 0) (i32.load (local.get $list)) (local.get $size)))

(func $list_join (param $a i32) (param $b i32) (param $size i32) (result i32) (local $new i32) (local $n i32)
  (local.set $n (i32.load (local.get $a)))
  (local.set $new
    (call $new_list (i32.add (local.get $n) (i32.load (local.get $b))) (local.get $size)))
  (memory.copy
    (i32.add (local.get $new) (i32.const 8))
    (i32.add (local.get $a) (i32.const 8))
    (i32.mul (local.get $n) (local.get $size)))
  (memory.copy
    (i32.add (i32.add (local.get $new) (i32.const 8)) (i32.mul (local.get $n) (local.get $size)))
    (i32.add (local.get $b) (i32.const 8))
    (i32.mul (i32.load (local.get $b)) (local.get $size)))
  (local.get $new))

;; Room for one more element in the list that a place names: where it goes.
(func $list_push (param $place i32) (param $size i32) (result i32) (local $list i32) (local $new i32) (local $n i32)
  (local.set $list (i32.load (local.get $place)))
  (local.set $n (i32.load (local.get $list)))
  (if (i32.eq (local.get $n) (i32.load offset=4 (local.get $list)))
    (then
      (local.set $new
        (call $new_list (i32.add (i32.shl (local.get $n) (i32.const 1)) (i32.const 4)) (local.get $size)))
      (memory.copy
        (i32.add (local.get $new) (i32.const 8))
        (i32.add (local.get $list) (i32.const 8))
        (i32.mul (local.get $n) (local.get $size)))
      (i32.store (local.get $place) (local.get $new))
      (local.set $list (local.get $new))))
  (i32.store (local.get $list) (i32.add (local.get $n) (i32.const 1)))
  (call $element (local.get $list) (local.get $n) (local.get $size)))

;; Takes the last element of a list that is not empty: where it was.
(func $list_pop (param $list i32) (param $size i32) (result i32) (local $n i32)
  (local.set $n (i32.sub (i32.load (local.get $list)) (i32.const 1)))
  (i32.store (local.get $list) (local.get $n))
  (call $element (local.get $list) (local.get $n) (local.get $size)))

(func $element (param $list i32) (param $index i32) (param $size i32) (result i32)
  (i32.add
    (i32.add (local.get $list) (i32.const 8))
    (i32.mul (local.get $index) (local.get $size))))

;; Indices of other widths: one that no list can have is the greatest.
(func $index64 (param $index i64) (result i32)
  (if (i64.gt_u (local.get $index) (i64.const 0xffffffff)) (then (return (i32.const -1))))
  (i32.wrap_i64 (local.get $index)))

(func $index128 (param $a i32) (result i32)
  (if (i64.ne (i64.load offset=8 (local.get $a)) (i64.const 0)) (then (return (i32.const -1))))
  (call $index64 (i64.load (local.get $a))))

(func $index256 (param $a i32) (result i32)
  (if (i32.eqz (call $is_zero16 (i32.add (local.get $a) (i32.const 16)))) (then (return (i32.const -1))))
  (call $index128 (local.get $a)))
