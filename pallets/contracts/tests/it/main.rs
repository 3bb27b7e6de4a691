//! The pallet as a whole, in an interpreter: calls, imports, nesting, money, and what the hostile try.

mod addresses;
mod bank;
mod bombs;
mod bounds;
mod calls;
mod cells;
mod context;
mod crypto;
mod delegating;
mod deposits;
mod dry;
mod endings;
mod flow;
mod gas;
mod model;
mod nesting;
mod owners;
mod puppet;
mod reentrancy;
mod reverts;
mod sandbox;
mod transactions;
mod uploads;
mod world;
