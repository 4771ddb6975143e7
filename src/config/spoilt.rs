//! What one error says nothing about: the rest of the document, read again without the part that is wrong.
//! Promises that each reading is of less, so that it ends.
//! Judges nothing; serde does.

use std::borrow::Cow;

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

/// Takes out what is wrong at `offset`: the entry of a list of tables, whose other keys would be missed or misread without it; else the
/// key. Says whether there was anything.
pub(super) fn take_out<'t>(table: &mut DeTable<'t>, offset: usize) -> bool {
    let is_there =
        |(key, value): &(&Spanned<Cow<'t, str>>, &Spanned<DeValue<'t>>)| key.span().contains(&offset) || holds(value, offset);
    let Some(key) = table.iter().find(is_there).map(|(key, _)| key.clone()) else { return false };
    let inside = table.get_mut(&key).filter(|_| !key.span().contains(&offset)).map(Spanned::get_mut);
    let is_done = match inside {
        Some(DeValue::Table(inner)) => take_out(inner, offset),
        Some(DeValue::Array(items)) if items.iter().all(|item| item.get_ref().is_table()) => {
            *items = std::mem::replace(items, DeArray::new()).into_iter().filter(|item| !holds(item, offset)).collect();
            true
        }
        _ => false,
    };
    is_done || table.remove(&key).is_some()
}

/// Whether the value, or something in it, stands at `offset`.
fn holds(value: &Spanned<DeValue<'_>>, offset: usize) -> bool {
    value.span().contains(&offset)
        || match value.get_ref() {
            DeValue::Table(table) => table.iter().any(|(key, value)| key.span().contains(&offset) || holds(value, offset)),
            DeValue::Array(items) => items.iter().any(|item| holds(item, offset)),
            _ => false,
        }
}
