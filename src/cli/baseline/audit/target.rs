//! What the labels of an audit are written into: both files, of which one may have to be made.
//! Promises that a companion which is made is hidden from detect-secrets, and told of.
//! Decides no label.

use crate::cli::baseline::files::Held;
use crate::cli::baseline::record::hide_companion;
use crate::cli::failure::Failure;
use crate::cli::session::Session;
use crate::cli::terminal;
use crate::settle::baseline::companion::Salt;
use crate::settle::baseline::update::Files;

/// What the labels are written into.
pub(super) struct Target<'a> {
    pub session: &'a Session,
    pub held: &'a Held<'a>,
    /// The salt of a companion that has to be made.
    pub fresh: Salt,
}

impl Target<'_> {
    pub fn write(&self, files: &Files) -> Result<(), Failure> {
        let mut files = files.clone();
        if self.held.files.companion.is_none() {
            hide_companion(self.session, &mut files, &self.held.files);
        }
        self.held.write(&files).map(|_| ())
    }

    /// Says so if there is a file now that was not there before.
    pub fn tell_what_was_made(&self) {
        let companion = self.session.companion_path();
        if self.held.files.companion.is_none() && self.session.snapshot.root().join(companion).is_file() {
            let (baseline, _) = self.session.baseline_path();
            let text = format!("{companion} was made, for what {baseline} has no place for; `git add` both");
            terminal::remark("note", &text);
        }
    }
}
