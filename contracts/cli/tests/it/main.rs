//! The command line, as people and scripts use it.

mod commands;
mod testing;
mod verify;
