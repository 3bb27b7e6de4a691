//! The command line, as people and scripts use it.

mod commands;
mod standard;
mod testing;
mod verify;
