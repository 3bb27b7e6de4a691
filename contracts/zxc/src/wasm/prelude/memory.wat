;; Memory: one arena that only grows, reset where nothing points into it any more.
;;
;;     0   8    zeros: the empty list (its length and its room are 0); never written
;;     8   8    an integer on its way into or out of storage
;;    16   4    room and length of what the chain writes
;;    32  32    A  \
;;    64  32    B   | operands, quotient and remainder of wide integers
;;    96  32    R   |
;;   128  32    Q  /
;;   160  40    U: dividend, shifted
;;   200  32    V: divisor, shifted
;;   232  96    X, Y, Z: 128-bit operands, widened, and their result
;;   328  20    the caller            } read once
;;   352  20    the contract          }
;;   376  20    the transaction's signer }
;;   400  32    the code's hash       }
;;   432  33    a public key
;;   468   4    which of those were read
;;   472  16    the value sent along
;;   512 2048   zeros: the zero of every type; never written
;;  2560        constants

(global $heap (mut i32) (i32.const 0))          ;; the first free byte
(global $limit (mut i32) (i32.const 0))         ;; the first byte that there is not
(global $in (mut i32) (i32.const 0))            ;; what is decoded next
(global $in_end (mut i32) (i32.const 0))        ;; the end of it
(global $bad (mut i32) (i32.const 0))           ;; whether something did not decode
(global $status (mut i32) (i32.const 0))        ;; whether functions are being left because of a revert
(global $message (mut i64) (i64.const 0))       ;; its message
(global $out_of_memory (mut i64) (i64.const 0)) ;; what that reverts with

;; Makes sure that $n bytes are free.
(func $ensure (param $n i32) (local $pages i32)
  (if (i32.gt_u (local.get $n) (i32.sub (global.get $limit) (global.get $heap)))
    (then
      (local.set $pages
        (i32.add
          (i32.shr_u
            (i32.sub (i32.sub (local.get $n) (i32.sub (global.get $limit) (global.get $heap))) (i32.const 1))
            (i32.const 16))
          (i32.const 1)))
      (if (i32.eq (memory.grow (local.get $pages)) (i32.const -1))
        (then
          ;; Not a message but the whole output: there is no room to make it.
          (call $seal_return (i32.const 1)
            (i32.wrap_i64 (global.get $out_of_memory)) (call $length (global.get $out_of_memory)))
          (unreachable)))
      (global.set $limit (i32.add (global.get $limit) (i32.shl (local.get $pages) (i32.const 16)))))))

;; Takes $n bytes; they hold anything.
(func $alloc (param $n i32) (result i32)
  (call $ensure (local.get $n))
  (global.get $heap)
  (global.set $heap (i32.add (global.get $heap) (local.get $n))))

;; A string or bytes: where it is (low half) and how long.
(func $fat (param $from i32) (param $length i32) (result i64)
  (i64.or
    (i64.extend_i32_u (local.get $from))
    (i64.shl (i64.extend_i32_u (local.get $length)) (i64.const 32))))

(func $length (param $text i64) (result i32)
  (i32.wrap_i64 (i64.shr_u (local.get $text) (i64.const 32))))

;; What has been put at the end of the arena since $from.
(func $since (param $from i32) (result i64)
  (call $fat (local.get $from) (i32.sub (global.get $heap) (local.get $from))))

(func $copy16 (param $to i32) (param $from i32)
  (i64.store (local.get $to) (i64.load (local.get $from)))
  (i64.store offset=8 (local.get $to) (i64.load offset=8 (local.get $from))))

(func $copy20 (param $to i32) (param $from i32)
  (i64.store (local.get $to) (i64.load (local.get $from)))
  (i64.store offset=8 (local.get $to) (i64.load offset=8 (local.get $from)))
  (i32.store offset=16 (local.get $to) (i32.load offset=16 (local.get $from))))

(func $copy32 (param $to i32) (param $from i32)
  (i64.store (local.get $to) (i64.load (local.get $from)))
  (i64.store offset=8 (local.get $to) (i64.load offset=8 (local.get $from)))
  (i64.store offset=16 (local.get $to) (i64.load offset=16 (local.get $from)))
  (i64.store offset=24 (local.get $to) (i64.load offset=24 (local.get $from))))

(func $equal16 (param $a i32) (param $b i32) (result i32)
  (i64.eqz (i64.or
    (i64.xor (i64.load (local.get $a)) (i64.load (local.get $b)))
    (i64.xor (i64.load offset=8 (local.get $a)) (i64.load offset=8 (local.get $b))))))

(func $equal20 (param $a i32) (param $b i32) (result i32)
  (i32.and
    (call $equal16 (local.get $a) (local.get $b))
    (i32.eq (i32.load offset=16 (local.get $a)) (i32.load offset=16 (local.get $b)))))

(func $equal32 (param $a i32) (param $b i32) (result i32)
  (i32.and
    (call $equal16 (local.get $a) (local.get $b))
    (call $equal16 (i32.add (local.get $a) (i32.const 16)) (i32.add (local.get $b) (i32.const 16)))))

;; -1, 0 or 1: which of two pieces of memory of one length comes first.
(func $order_memory (param $a i32) (param $b i32) (param $n i32) (result i32) (local $x i32) (local $y i32)
  (block $done
    (loop $next
      (br_if $done (i32.eqz (local.get $n)))
      (local.set $x (i32.load8_u (local.get $a)))
      (local.set $y (i32.load8_u (local.get $b)))
      (if (i32.ne (local.get $x) (local.get $y))
        (then (return (select (i32.const -1) (i32.const 1) (i32.lt_u (local.get $x) (local.get $y))))))
      (local.set $a (i32.add (local.get $a) (i32.const 1)))
      (local.set $b (i32.add (local.get $b) (i32.const 1)))
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (br $next)))
  (i32.const 0))

(func $equal_memory (param $a i32) (param $b i32) (param $n i32) (result i32)
  (i32.eqz (call $order_memory (local.get $a) (local.get $b) (local.get $n))))

;; -1, 0 or 1: which of two strings or bytes comes first; the shorter one where it begins the other.
(func $order_bytes (param $a i64) (param $b i64) (result i32) (local $n i32) (local $m i32) (local $order i32)
  (local.set $n (call $length (local.get $a)))
  (local.set $m (call $length (local.get $b)))
  (local.set $order
    (call $order_memory (i32.wrap_i64 (local.get $a)) (i32.wrap_i64 (local.get $b))
      (select (local.get $n) (local.get $m) (i32.lt_u (local.get $n) (local.get $m)))))
  (if (local.get $order) (then (return (local.get $order))))
  (i32.sub (i32.gt_u (local.get $n) (local.get $m)) (i32.lt_u (local.get $n) (local.get $m))))

(func $equal_bytes (param $a i64) (param $b i64) (result i32)
  (if (i32.ne (call $length (local.get $a)) (call $length (local.get $b))) (then (return (i32.const 0))))
  (call $equal_memory (i32.wrap_i64 (local.get $a)) (i32.wrap_i64 (local.get $b)) (call $length (local.get $a))))
