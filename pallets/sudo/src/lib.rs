//! ziver-sudo
