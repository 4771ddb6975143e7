//! `pyproject.toml`, as far as it is ours: the table `[tool.gatewright]`.
//! Promises that a table which looks like it and is not is refused.
//! Knows no key of ours.

use serde::Deserialize;
use toml::de::DeTable;

use super::error::nearest;
use super::{Config, Fault, value};
use crate::source::quote;

/// `pyproject.toml`, as far as it is ours.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Pyproject {
    #[serde(deserialize_with = "value::table")]
    pub(super) tool: Tool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Tool {
    #[serde(deserialize_with = "value::optional_table")]
    pub(super) gatewright: Option<Config>,
}

/// Whether the file is a `pyproject.toml`, by its name.
pub(super) fn is_pyproject(file_name: &str) -> bool {
    file_name.rsplit(['/', '\\']).next() == Some("pyproject.toml")
}

/// Refuses a `pyproject.toml` with a table that looks like ours and is not: a policy must not be lost to a slip of the pen.
pub(super) fn check_tables(document: &DeTable<'_>) -> Result<(), Fault> {
    for (key, value) in document {
        let name = key.get_ref();
        let below = value.get_ref().as_table().into_iter().flat_map(DeTable::keys);
        let mistaken = if name == "tool" {
            below.into_iter().find(|key| key.get_ref() != "gatewright" && is_like_ours(key.get_ref())).map(|key| (key, "tool."))
        } else if name == "tool.gatewright" || is_like_ours(name) {
            Some((key, ""))
        } else {
            below.into_iter().find(|key| key.get_ref() == "gatewright").map(|key| (key, name.as_ref()))
        };
        if let Some((key, before)) = mistaken {
            let dot = if before.is_empty() || before.ends_with('.') { "" } else { "." };
            let table = quote(&format!("[{before}{dot}{}]", key.get_ref()));
            return Err((key.span(), format!("unknown table {table}; did you mean `[tool.gatewright]`?")));
        }
    }
    Ok(())
}

/// Whether a name begins like ours, give or take a slip. The first letter is seldom wrong, and keeps out the other wrights.
fn is_like_ours(name: &str) -> bool {
    let head = name.split(['-', '_', '.']).next().unwrap_or_default();
    name.starts_with(['g', 'G']) && [name, head].iter().any(|name| nearest(name, ["gatewright"]).is_some())
}

/// Whether a `pyproject.toml` of this text has settings of ours; one that is no TOML has none.
pub fn has_settings(text: &str) -> bool {
    let Ok(document) = DeTable::parse(text) else { return false };
    let tool = document.get_ref().get("tool").and_then(|tool| tool.get_ref().as_table());
    let ours = tool.and_then(|tool| tool.get("gatewright")).and_then(|ours| ours.get_ref().as_table());
    ours.is_some_and(|ours| !ours.is_empty())
}
