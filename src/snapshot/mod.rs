//! The content to be judged: what is staged, whatever the work tree holds.
