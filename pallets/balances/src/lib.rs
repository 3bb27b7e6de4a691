//! ziver-balances
