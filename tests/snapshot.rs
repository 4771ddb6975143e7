//! The situations S01 to S50 in which a hook may find a repository, each made with real git.
//! Every reader that supports a situation is compared with `git ls-files -s -z`, and so is the automatic choice.
#![cfg(unix)]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops at the first surprise")]
#![expect(clippy::disallowed_methods, reason = "tests write files and read variables as they please")]
#![expect(unreachable_pub, reason = "nobody uses a test")]

#[path = "support/left_out.rs"]
mod left_out;
#[path = "support/repo.rs"]
mod support;

#[path = "snapshot/calling.rs"]
mod calling;
#[path = "snapshot/content.rs"]
mod content;
#[path = "snapshot/damage.rs"]
mod damage;
#[path = "snapshot/format.rs"]
mod format;
#[path = "snapshot/index.rs"]
mod index;
#[path = "snapshot/kinds.rs"]
mod kinds;
#[path = "snapshot/layouts.rs"]
mod layouts;
#[path = "snapshot/probe.rs"]
mod probe;
#[path = "snapshot/random.rs"]
mod random;
#[path = "snapshot/spelling.rs"]
mod spelling;
#[path = "snapshot/untouched.rs"]
mod untouched;
#[path = "snapshot/views.rs"]
mod views;
