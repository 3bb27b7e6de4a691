//! Who may use sudo, and what it does with the calls it contains.
