//! What we forgive: detect-secrets' `.secrets.baseline` and, for all that it cannot hold, `.gatewright-baseline.jsonl` beside it.
//! Promises that both are read and written without loss and in the same bytes for the same content, and that no value is in either.
//! Reads and writes no file: text in, text out; `store` replaces files, `snapshot` reads them as staged.

pub mod audit;
pub mod companion;
pub mod detect_secrets;
pub mod diff;
mod former;
pub mod item;
pub mod json;
pub mod matching;
pub mod merge;
pub mod policy;
pub mod review;
pub mod stats;
mod text;
pub mod update;

#[cfg(test)]
mod samples;
