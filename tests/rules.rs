//! Every fenced example of every rule file is a test: a line marked `#~ rule-id` must be found, every other line must be silent.
//! So are those of `tests/rules`, a project's rules with every matcher, which the same harness judges.
#![cfg(test)]

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use gatewright::hook::Hook;
use gatewright::hook::example::Harness;
use gatewright::hook::secrets::Secrets;
use gatewright::rule::{FOLDER, Rules, example};
use gatewright::ruleset::Ruleset;
use libtest_mimic::{Arguments, Failed, Trial};

/// Rules as a project would bring them.
const OWN: &str = "tests/rules";

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    add::<Secrets>(Ruleset::of(Secrets::RULES), Secrets::RULES, &root, &mut trials);
    let own = own_rules(&root.join(OWN));
    let own = Ruleset::with(Secrets::RULES, Secrets::NAME, &own).unwrap_or_else(|faults| panic!("{}", faults.join("\n")));
    add::<Secrets>(own, own.own, &root, &mut trials);
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// The rule files of a folder, called as in a project.
fn own_rules(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let files =
        fs_err::read_dir(folder).expect("the folder is readable").map(|entry| entry.expect("the entry is readable").path());
    let read = |file: PathBuf| {
        let name = file.file_name().expect("a file has a name").to_string_lossy().into_owned();
        (format!("{FOLDER}/{name}"), fs_err::read(&file).expect("the rule file is readable"))
    };
    files.map(read).collect()
}

/// The tests of `rules`: each repository of examples, and each rule's share of them.
fn add<H: Hook + Send + 'static>(all: Ruleset, rules: Rules, root: &Path, trials: &mut Vec<Trial>) {
    let harness = Arc::new(Harness::<H>::new(all));
    for &rule in rules {
        let file = rule.file.strip_prefix(FOLDER).map_or_else(|| rule.file.to_owned(), |name| format!("{OWN}{name}"));
        let text = fs_err::read_to_string(root.join(&file)).expect("the rule file is readable");
        let repositories = example::repositories(&text);
        let share = example::lacking(rule, &repositories);
        trials.push(Trial::test(format!("{}::has_hits_and_near_misses", rule.id), move || failed(share.as_slice())));
        let unread = example::unread(&file, &text);
        trials.push(Trial::test(format!("{}::has_no_block_that_is_not_run", rule.id), move || failed(&unread)));
        for repository in repositories {
            let (harness, file) = (harness.clone(), file.clone());
            let name = format!("{}::line_{}", rule.id, repository.line());
            trials.push(Trial::test(name, move || failed(&harness.faults(&file, &repository))));
        }
    }
}

fn failed(faults: &[String]) -> Result<(), Failed> {
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n").into()) }
}
