pub mod companion;
pub mod detect_secrets;
pub mod item;
pub mod json;
pub mod matching;
pub mod merge;
pub mod policy;
mod text;

#[cfg(test)]
mod samples;
