//! Random sequences of operations against an oracle: a second, slower telling of the rules of money.
//!
//! After each operation the result (the exact error too) and every account must be what the oracle says; after a
//! failure the whole state, events included, must be byte-equal to what it was.

mod oracle;
mod sequences;
