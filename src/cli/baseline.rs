//! `baseline`: record what is known, review it, merge it.
use clap::Subcommand;

use super::failure::Failure;
use crate::hook::Hook;
use crate::settle::Exit;

#[derive(Debug, Subcommand)]
pub enum BaselineCommand {
    /// Show what the baseline holds
    Stats,
}

pub fn run<H: Hook>(_: &BaselineCommand) -> Result<Exit, Failure> {
    Ok(Exit::Clean)
}
