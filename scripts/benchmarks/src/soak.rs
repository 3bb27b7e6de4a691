//! A node under load for a long time, ended and killed at random moments, and what must hold then.
//!
//! ```text
//! supervisor   starts the node, ends or kills it, looks whether what was final is still there, starts it again
//! load         threads that hand in transfers at a rate, and go on with the next node          (load)
//! follower     asks for final blocks and notes their transactions                              (follow)
//! sampler      memory of the process, bytes of each column and of the folder, height           (samples)
//! ```
//!
//! For the first half of the time the node is ended or killed again and again; for the second half it is left alone, so that a leak
//! has the time to show. The load holds its own books ([`ledger`]), which must agree with the chain's in the end ([`audit`]).
//!
//! Usage: `scripts/soak`, which is `src/bin/soak.rs`.

pub mod audit;
pub mod follow;
pub mod ledger;
pub mod load;
pub mod plot;
pub mod samples;
