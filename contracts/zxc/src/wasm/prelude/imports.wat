;; What the chain gives to contracts. Only what a contract uses gets into its module.

(import "env" "memory" (memory 2 16))

(import "seal0" "input" (func $input (param $out i32) (param $length i32)))
(import "seal0" "seal_return" (func $seal_return (param $flags i32) (param $from i32) (param $length i32)))
(import "seal2" "set_storage"
  (func $set_storage (param $key i32) (param $key_length i32) (param $from i32) (param $length i32) (result i32)))
(import "seal1" "get_storage"
  (func $get_storage (param $key i32) (param $key_length i32) (param $out i32) (param $length i32) (result i32)))
(import "seal1" "contains_storage" (func $contains_storage (param $key i32) (param $key_length i32) (result i32)))
(import "seal1" "clear_storage" (func $clear_storage (param $key i32) (param $key_length i32) (result i32)))
(import "seal0" "caller" (func $import_caller (param $out i32) (param $length i32)))
(import "seal0" "address" (func $import_address (param $out i32) (param $length i32)))
(import "seal0" "value_transferred" (func $value_transferred (param $out i32) (param $length i32)))
(import "seal0" "balance" (func $import_balance (param $out i32) (param $length i32)))
(import "seal0" "block_number" (func $import_block_number (param $out i32) (param $length i32)))
(import "seal0" "now" (func $import_now (param $out i32) (param $length i32)))
(import "seal0" "own_code_hash" (func $import_own_code_hash (param $out i32) (param $length i32)))
(import "seal0" "caller_is_origin" (func $caller_is_origin (result i32)))
(import "seal0" "reentrance_count" (func $reentrance_count (result i32)))
(import "seal0" "is_contract" (func $is_contract (param $account i32) (result i32)))
(import "seal0" "code_hash" (func $import_code_hash (param $account i32) (param $out i32) (param $length i32) (result i32)))
(import "seal0" "deposit_event"
  (func $deposit_event (param $topics i32) (param $topics_length i32) (param $data i32) (param $length i32)))
(import "seal0" "debug_message" (func $debug_message (param $from i32) (param $length i32) (result i32)))
(import "seal0" "hash_sha2_256" (func $hash_sha2_256 (param $from i32) (param $length i32) (param $out i32)))
(import "seal0" "hash_keccak_256" (func $hash_keccak_256 (param $from i32) (param $length i32) (param $out i32)))
(import "seal0" "hash_blake2_256" (func $hash_blake2_256 (param $from i32) (param $length i32) (param $out i32)))
(import "zx" "hash_sha3_256" (func $hash_sha3_256 (param $from i32) (param $length i32) (param $out i32)))
(import "seal0" "ecdsa_recover" (func $ecdsa_recover (param $signature i32) (param $digest i32) (param $out i32) (result i32)))
(import "seal0" "ecdsa_to_eth_address" (func $ecdsa_to_eth_address (param $key i32) (param $out i32) (result i32)))
(import "seal0" "transfer"
  (func $transfer (param $account i32) (param $account_length i32) (param $value i32) (param $value_length i32) (result i32)))
(import "seal1" "call"
  (func $call (param $flags i32) (param $callee i32) (param $gas i64) (param $value i32) (param $input i32)
    (param $input_length i32) (param $out i32) (param $length i32) (result i32)))
(import "seal0" "delegate_call"
  (func $delegate_call (param $flags i32) (param $code i32) (param $input i32) (param $input_length i32)
    (param $out i32) (param $length i32) (result i32)))
(import "seal1" "instantiate"
  (func $instantiate (param $code i32) (param $gas i64) (param $value i32) (param $input i32) (param $input_length i32)
    (param $address i32) (param $address_length i32) (param $out i32) (param $length i32)
    (param $salt i32) (param $salt_length i32) (result i32)))
(import "seal0" "set_code_hash" (func $set_code_hash (param $code i32) (result i32)))
(import "seal1" "terminate" (func $terminate (param $beneficiary i32)))
(import "zx" "gas_left" (func $gas_left (result i64)))
(import "zx" "gas_limit" (func $gas_limit (result i64)))
(import "zx" "limit_gas" (func $limit_gas (param $gas i64)))
(import "zx" "origin" (func $import_origin (param $out i32) (param $length i32)))
(import "zx" "block_hash" (func $import_block_hash (param $number i32) (param $out i32) (result i32)))
(import "zx" "start_transaction" (func $start_transaction))
(import "zx" "commit_transaction" (func $commit_transaction))
(import "zx" "rollback_transaction" (func $rollback_transaction))
