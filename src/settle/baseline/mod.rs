pub mod companion;
pub mod detect_secrets;
pub mod json;
pub mod merge;
mod text;
