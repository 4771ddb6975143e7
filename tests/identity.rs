//! The same files give the same bytes: on one thread or eight, in one process or in as many as a hook runner cares to start.
#![cfg(test)]

#[path = "support/repository.rs"]
mod repository;

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use repository::{Repository, token};

/// Files of every fate: clean, found, forgiven by comment and configuration, excluded, too large, binary, with an expired comment.
fn repository() -> Repository {
    let repository = Repository::new();
    for number in 0..120 {
        let found = format!("token = \"{}\"", token(number));
        let content = match number % 8 {
            0 | 1 => format!("x = {number}\n{found}\n"),
            2 => format!("{found}  # gatewright: ignore[github-token] -- an example\n"),
            3 => format!("{found}  # gatewright: ignore[github-token] until=2020-01-01 -- an example\n{found}\n"),
            4 => format!("\0\x01\x02{found}\n"),
            5 => format!("{found}\n{}\n", "y".repeat(3000)),
            _ => format!("x = {number}\n"),
        };
        repository.write(&format!("{}/file_{number:03}.py", ["app", "lib", "tests", "vendor"][number as usize / 8 % 4]), content);
    }
    repository.write(
        "gatewright.toml",
        "exclude = [\"vendor/\"]\nmax-file-size = 2000\n\n[[per-path]]\npath = \"tests/\"\nignore = [\"github-token\"]\nreason = \"fixtures\"\n",
    );
    repository.git(&["add", "--all"]);
    repository
}

fn names(repository: &Repository) -> Vec<String> {
    repository.git(&["ls-files"]).lines().map(str::to_owned).chain(["gone.py".to_owned(), "zz/gone.py".to_owned()]).collect()
}

fn judge(repository: &Repository, names: &[String], format: &str) -> repository::Said {
    let names: Vec<&str> = ["--format", format].into_iter().chain(names.iter().map(String::as_str)).collect();
    repository.hook(&names)
}

#[test]
fn on_one_thread_and_on_eight() {
    let repository = repository();
    for format in ["text", "json", "jsonl", "sarif", "github", "junit"] {
        let on = |threads: &str| {
            repository.gatewright(&["check", "--all-files", "--show-forgiven", "--format", format, "--threads", threads]).ended(2)
        };
        let one = on("1");
        assert!(one.out.contains("github-token"), "{format}");
        for threads in ["2", "8", "8"] {
            assert_eq!(on(threads).out, one.out, "{format} on {threads} threads");
        }
    }
}

/// A runner that keeps the order prints what the processes say one after the other: it reads as if one had spoken.
#[test]
fn in_pieces_of_a_sorted_list() {
    is_the_same_in_pieces("text", &["expired", "more than the limit", "excluded"]);
}

#[test]
fn in_pieces_as_annotations() {
    is_the_same_in_pieces("github", &["expired", "::error file=", "::debug::skipped"]);
}

fn is_the_same_in_pieces(format: &str, told: &[&str]) {
    let repository = repository();
    let mut names = names(&repository);
    names.sort();
    let whole = judge(&repository, &names, format).ended(2).with(told);
    let cuts = prop::collection::btree_set(1..names.len(), 0..6);
    let mut runner = TestRunner::new(ProptestConfig::with_cases(12));
    let outcome = runner.run(&cuts, |cuts: BTreeSet<usize>| {
        let bounds: Vec<usize> = [0].into_iter().chain(cuts).chain([names.len()]).collect();
        let parts = bounds.windows(2).map(|bounds| judge(&repository, &names[bounds[0]..bounds[1]], format));
        let (out, code) = parts.fold((String::new(), 0), |(out, code), said| (out + &said.out, code.max(said.code.unwrap_or(3))));
        prop_assert_eq!(&out, &whole.out);
        prop_assert_eq!(code, 2);
        Ok(())
    });
    outcome.unwrap();
}

/// A runner that shuffles gets other processes, but between them the same findings.
#[test]
fn in_any_partition() {
    let repository = repository();
    let names = names(&repository);
    let paragraphs = |out: &str| -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for line in out.lines() {
            // What belongs to a finding is indented or has the gutter of a source line before it.
            match found.last_mut().filter(|_| {
                line.starts_with(' ') || line.split_once(" |").is_some_and(|(number, _)| number.parse::<u32>().is_ok())
            }) {
                Some(paragraph) => *paragraph += line,
                None => found.push(line.to_owned()),
            }
        }
        found.sort();
        found
    };
    let whole = paragraphs(&judge(&repository, &names, "text").ended(2).out);
    let shares = prop::collection::vec(0..3_usize, names.len());
    let mut runner = TestRunner::new(ProptestConfig::with_cases(8));
    let outcome = runner.run(&shares, |shares| {
        let mut out = String::new();
        for share in 0..3 {
            let part: Vec<String> =
                names.iter().zip(&shares).filter(|(_, of)| **of == share).map(|(name, _)| name.clone()).collect();
            if !part.is_empty() {
                out += &judge(&repository, &part, "text").out;
            }
        }
        prop_assert_eq!(paragraphs(&out), whole.clone());
        Ok(())
    });
    outcome.unwrap();
}
