//! gatewright: security hooks for Python repositories.
//!
//! ```text
//! snapshot ─► Source ─► Hook::check ─► Finding ─► settle ─► Outcome ─► report
//! (staged     (bytes,    pure, per      (rule,     inline →   open or     text, json, sarif,
//!  content)    lines)    file, threads)  span)     policy →   forgiven    github, gitlab, junit
//!                                                  baseline
//! ```
//!
//! `hooks/` is what we look for, `baseline/` is what we forgive, this crate is how.
//! The layers and who may import whom are drawn in ARCHITECTURE.md and held by `tests/house`.

pub mod archive;
pub mod cache;
pub mod cli;
pub mod config;
pub mod finding;
pub mod gap;
pub mod glob;
pub mod hook;
pub mod matcher;
pub mod notebook;
pub mod pipeline;
pub mod python;
pub mod report;
pub mod rule;
pub mod ruleset;
pub mod secret;
pub mod settle;
pub mod snapshot;
pub mod source;
pub mod store;
