pub mod detect_secrets;
pub mod json;
mod text;
