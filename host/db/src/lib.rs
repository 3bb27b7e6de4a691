//! ziver-db
