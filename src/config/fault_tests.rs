//! Which fault of several is told, and what looked like a value and is none.

use super::tests::{read, refused};

#[test]
fn the_first_fault_is_told_whatever_its_key() {
    let text = "[secrets]\nrules.disable = ['nope']\n\n[[per-path]]\npath = 'a'\nignore = ['neither']\n";
    assert!(refused(text).starts_with("gatewright.toml:2:18: unknown rule `nope`"), "{}", refused(text));
}

#[test]
fn an_entry_for_no_path_is_refused() {
    for text in [
        "[[per-path]]\npath = []\nignore = ['b105']\n",
        "[[accept-unread]]\npath = []\n",
        "[[secrets.allow]]\npath = []\nrule = 'b105'\n",
    ] {
        assert!(refused(text).contains(":1:1: `path` names no glob"), "{}", refused(text));
    }
}

#[test]
fn what_is_too_large_or_too_short_is_refused_as_such() {
    let text = "max-file-size = 99999999999999999999\n";
    assert!(refused(text).contains(":1:17: expected a number up to 9223372036854775807"), "{}", refused(text));
    assert!(refused("secrets.names.add = ['ké']\n").contains("three letters or more"));
    read("secrets.names.add = ['kéy']\n");
}
