//! credit.
