//! ziver-fees
