pub mod companion;
pub mod detect_secrets;
pub mod item;
pub mod json;
pub mod matching;
pub mod merge;
pub mod policy;
mod text;
pub mod update;

#[cfg(test)]
mod samples;
