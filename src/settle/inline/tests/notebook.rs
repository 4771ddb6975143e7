//! Comments in the cells of a notebook: each dialect, each way to write the lines of a cell down.

use super::*;

/// A notebook with these cells and the output of one that wrote `output`, its sources as lists of lines or as one string each.
fn notebook(cells: &[&str], output: &str, as_lists: bool) -> String {
    let source = |cell: &&str| {
        if as_lists { serde_json::json!(cell.split_inclusive('\n').collect::<Vec<_>>()) } else { serde_json::json!(cell) }
    };
    let outputs = serde_json::json!([{"output_type": "stream", "name": "stdout", "text": output}]);
    let cells: Vec<_> = cells
        .iter()
        .map(|cell| serde_json::json!({"cell_type": "code", "metadata": {}, "outputs": outputs, "source": source(cell)}))
        .collect();
    serde_json::to_string_pretty(&serde_json::json!({"cells": cells, "metadata": {}, "nbformat": 4})).expect("it is JSON")
}

fn run_cells(cells: &[&str], rule: &'static Rule) -> Vec<Run> {
    [true, false].map(|lists| run_with(&Secrets::default(), "n.ipynb", &notebook(cells, "", lists), rule)).into()
}

/// For each value the dialect that forgives it, or `-`.
fn dialects(run: &Run) -> Vec<&'static str> {
    run.forgiven.iter().map(|forgiven| forgiven.as_ref().map_or("-", |(_, dialect, _)| *dialect)).collect()
}

#[test]
fn every_dialect_forgives_its_line_of_the_cell_and_no_other() {
    for (comment, dialect) in [
        ("# gatewright: ignore[generic-password] -- an example", "gatewright"),
        ("# pragma: allowlist secret", "detect-secrets"),
        ("# gitleaks:allow", "gitleaks"),
        ("# betterleaks:allow", "betterleaks"),
        ("# kingfisher:ignore", "kingfisher"),
        ("# trufflehog:ignore", "trufflehog"),
        ("# ggignore", "ggshield"),
        ("# nosec", "nosec"),
        ("# noqa: S105", "noqa"),
        ("/* pragma: allowlist secret */", "detect-secrets"),
        ("<!-- gatewright: ignore[generic-password] -->", "gatewright"),
    ] {
        let cell = format!("a = 'hunter2'\nb = 'hunter2'  {comment}\nc = 'hunter2'");
        for run in run_cells(&[&cell, "d = 'hunter2'"], &PASSWORD) {
            assert_eq!(dialects(&run), ["-", dialect, "-", "-"], "{comment}");
            assert_eq!(run.reported, [], "{comment}");
        }
    }
}

#[test]
fn a_comment_alone_speaks_of_the_next_line_of_its_cell() {
    for comment in ["# gatewright: ignore[generic-password] -- x", "# pragma: allowlist nextline secret"] {
        for run in run_cells(&[&format!("{comment}\na = 'hunter2'\nb = 'hunter2'")], &PASSWORD) {
            assert_ne!(dialects(&run)[0], "-", "{comment}");
            assert_eq!(dialects(&run)[1], "-", "{comment}");
        }
        for run in run_cells(&[comment, "a = 'hunter2'"], &PASSWORD) {
            assert_eq!(dialects(&run), ["-"], "{comment}");
            assert_eq!(run.reported.len(), 1, "{comment}");
        }
    }
}

#[test]
fn a_comment_for_the_file_stands_in_the_first_lines_of_the_cells() {
    for run in run_cells(&["# gatewright: ignore-file[generic-password] -- x", "a = 'hunter2'"], &PASSWORD) {
        assert_eq!(dialects(&run), ["gatewright"]);
    }
    let late = format!("{}# gatewright: ignore-file[generic-password] -- x", "\n".repeat(30));
    for run in run_cells(&[&late, "a = 'hunter2'"], &PASSWORD) {
        assert_eq!(dialects(&run), ["-"]);
        assert!(run.reported[0].1.contains("first 20 lines"), "{:?}", run.reported);
    }
}

#[test]
fn the_comment_is_named_by_its_line_in_the_file() {
    let text = notebook(&["a = 1\nb = 2  # gitleaks:allow"], "", true);
    let run = run_with(&Secrets::default(), "n.ipynb", &text, &PASSWORD);
    let line = text.lines().position(|line| line.contains("gitleaks")).expect("it is there") + 1;
    assert_eq!(
        run.reported,
        [(u32::try_from(line).unwrap(), "the allow comment of gitleaks forgives nothing; remove it".to_owned())]
    );
}

#[test]
fn a_comment_that_was_printed_forgives_and_is_not_reported() {
    let text = notebook(
        &["a = 1"],
        "x = 'hunter2'  # pragma: allowlist secret\ny  # gitleaks:allow\n# gatewright: ignore-file[generic-password]",
        true,
    );
    let run = run_with(&Secrets::default(), "n.ipynb", &text, &PASSWORD);
    assert_eq!((dialects(&run), run.reported), (vec!["detect-secrets"], vec![]));
}

#[test]
fn a_key_on_one_line_of_the_file_is_a_key_of_several() {
    let key = "# pragma: allowlist secret\nhunter2\n# pragma: allowlist secret";
    let text = notebook(&[key], "", false);
    let path = RepoPath::new("n.ipynb");
    let source = Source::new(&path, text.as_bytes(), Origin::Repository);
    let start = text.find("# pragma").expect("it is there");
    let end = text.rfind("# pragma").expect("it is there");
    let mut allows = Allows::find(&source, &Secrets::default(), &RULES);
    assert_eq!(allows.forgive(&finding(&KEY, &source, start + 20..end + 1), day("2026-06-15")), None);
}

#[test]
fn the_profile_of_detect_secrets_reads_lines_of_json() {
    let text = notebook(&["a = 'hunter2'\nb = 'hunter2'  # pragma: allowlist secret\n"], "", false);
    let secrets = Secrets { profile: Profile::Compat, ..Secrets::default() };
    assert_eq!(dialects(&run_with(&secrets, "n.ipynb", &text, &PASSWORD)), ["detect-secrets", "detect-secrets"]);
}

proptest! {
    #[test]
    fn any_text_is_read(text in r#"[\[\]{}",:\\ n#a-g0-9]{0,60}"#, comment: bool) {
        let comment = if comment { "# gatewright: ignore[generic-password]" } else { "# gitleaks:allow" };
        let text = format!("{{\"cells\": [{{\"source\": \"{text} hunter2 {comment} \"}}]}}");
        run_with(&Secrets::default(), "n.ipynb", &text, &PASSWORD);
    }
}
