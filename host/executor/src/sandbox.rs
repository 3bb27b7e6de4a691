//! The sandbox: runs contracts natively, each in a store of its own, and lets the runtime answer what they import.
//!
//! A runtime hands over a module that it has checked and instrumented ([`Sandbox::compile`]), makes instances of it by the
//! hash of its bytes, and invokes their exports. While a contract runs, each of its imports comes back into the runtime, by
//! a call of the function `sandbox_dispatch` that the runtime exports; nested invocations come from there. Everything that
//! consensus depends on is the runtime's: gas and stack are counted by the module itself, in globals that only travel
//! through here (`docs/decisions/0017-gas-is-counted-in-the-code.md`, `0018-the-sandbox-calls-back.md`).
//!
//! # The pieces
//! - `engine`: how contracts are compiled; `modules`: what is kept of it; `improve`: what is compiled again in the
//!   background; `instance`: one instance and one invocation; `link`: how an import goes from the contract to the runtime and
//!   back; `reuse`: instances that serve again.
//! - `host/sandbox.rs`: the function by which runtimes do all of this.
//!
//! # What a module must look like
//! It imports functions alone, as `ziver.N`, where the decimal number `N` (16 bits) is what the runtime is told; their
//! parameters and results are `i32` and `i64`. It exports `memory` and the mutable globals `gas_left` (`i64`) and
//! `stack_left` (`i32`). The runtime makes modules so; one that differs is refused by [`Sandbox::compile`].
//!
//! Out of scope: what imports mean, what gas costs, which modules are allowed: the runtime's rules.
//!
//! Invariant: a contract's trap is an answer to the runtime; a failure of this host (no instance, native stack exhausted)
//! ends the runtime's call as the host's failure and is never an answer, since another host might not have failed.
//! Invariant: when the runtime traps while it answers an import, every invocation beneath ends with that trap.

mod engine;
mod improve;
mod instance;
mod link;
mod modules;
mod reuse;

pub(crate) use instance::{Instances, invoke};
pub(crate) use modules::{CompileError, Sandbox};
