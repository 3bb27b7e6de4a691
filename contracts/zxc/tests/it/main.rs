//! What the crate gives to those who use it: the public API on whole files.

mod analysis;
mod diagnostics;
mod extremes;
mod hostile;
mod programs;
mod reference;
