//! Batches that stop, undo or go on.
