//! The engine with the real runtime, driven event by event with a made-up clock.

mod determinism;
mod failing_runtime;
mod fatal;
mod fixture;
mod import;
mod journal;
mod load;
mod sealing;
mod statuses;
mod submission;
mod upgrade;
