//! The chain with the real runtime: blocks are built, imported, reorganised, finalised, refused, and found again.

mod batches;
mod building;
mod faults;
mod fixture;
mod forks;
mod genesis;
mod hostile;
mod index;
mod prepared;
mod readers;
mod replay;
mod restart;
mod revert;
mod trees;
mod upgrade;
