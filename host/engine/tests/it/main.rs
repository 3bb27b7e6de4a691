//! The engine with the real runtime, driven event by event with a made-up clock.

mod determinism;
mod failing_runtime;
mod fatal;
mod fixture;
mod import;
mod sealing;
mod submission;
mod upgrade;
