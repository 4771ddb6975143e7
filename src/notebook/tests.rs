//! What each field of a notebook becomes, in both formats, and that nothing of the file is lost or found twice.

use proptest::prelude::*;

use super::*;

const PICTURE: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

fn read(text: &str) -> Option<Notebook> {
    Notebook::read(&RepoPath::new("a/b.ipynb"), text.as_bytes())
}

/// Each part as `cell form: text`.
fn parts(text: &str) -> Vec<String> {
    let notebook = read(text).expect(text);
    let text = |part: &Part| String::from_utf8_lossy(&notebook.cells.text[part.range.clone()]).into_owned();
    let form = |part: &Part| match part.form {
        Form::Source(extension) => extension,
        Form::Output => "output",
    };
    notebook.parts.iter().map(|part| format!("{} {}: {}", part.cell, form(part), text(part))).collect()
}

fn rest(text: &str) -> String {
    String::from_utf8(read(text).expect(text).rest.text).unwrap()
}

#[test]
fn cells_are_read_as_what_they_are() {
    let cells = |metadata: &str| {
        parts(&format!(
            r##"{{"cells": [{{"cell_type": "markdown", "source": ["# a\n", "b"]}}, {{"source": "x = \"1\"\ny", "cell_type": "code"}},
            {{"cell_type": "raw", "source": []}}], "metadata": {metadata}, "nbformat": 4}}"##
        ))
    };
    assert_eq!(cells("{}"), ["1 md: # a\nb", "2 py: x = \"1\"\ny", "3 txt: "]);
    assert_eq!(cells(r#"{"kernelspec": {"name": "ir", "language": "R"}}"#)[1], "2 r: x = \"1\"\ny");
    assert_eq!(cells(r#"{"language_info": {"name": "bash"}, "kernelspec": {"name": "bash"}}"#)[1], "2 sh: x = \"1\"\ny");
    assert_eq!(cells(r#"{"language_info": {"name": "lock"}}"#)[1], "2 py: x = \"1\"\ny");
}

#[test]
fn the_third_format_is_read_too() {
    let text = r#"{"worksheets": [{"cells": [{"cell_type": "code", "language": "ruby", "input": ["a\n", "b"],
        "outputs": [{"output_type": "pyout", "png": "PICTURE", "text": ["t"], "html": "<b>", "prompt_number": 1}]},
        {"cell_type": "heading", "source": "h"}]}], "nbformat": 3}"#;
    let text = &text.replace("PICTURE", PICTURE);
    assert_eq!(parts(text), ["1 output: t", "1 output: <b>", "1 rb: a\nb", "2 md: h"]);
    assert!(!rest(text).contains(PICTURE));
}

#[test]
fn outputs_are_read_without_colours_and_pictures_are_left_out() {
    let text = r#"{"cells": [{"cell_type": "code", "source": "", "attachments": {"a.png": {"image/png": "PICTURE", "text/plain": "AAAA"}}, "outputs": [
        {"output_type": "stream", "name": "stdout", "text": ["one\n", "two"]},
        {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["\u001b[0;31mE\u001b[0m", "line"]},
        {"data": {"image/png": ["PICTURE\n", "BBBB"], "image/svg+xml": "<svg>", "text/plain": "p", "application/json": {"k": ["j"]},
            "application/vnd.jupyter.widget-view+json": {"model_id": "CCCC"}}, "metadata": {}}]}],
        "metadata": {"widgets": {"state": "DDDD", "buffers": [{"data": "PICTURE"}]}, "a": "kept"}}"#;
    let text = &text.replace("PICTURE", PICTURE);
    let outputs = parts(text).into_iter().filter(|part| part.contains("output")).collect::<Vec<_>>();
    let expected = ["one\ntwo", "v", "E\nline", "<svg>", "p", "j"].map(|text| format!("1 output: {text}"));
    assert_eq!(outputs, expected);
    let rest = rest(text);
    assert!([PICTURE, "two", "traceback\": [\"E"].iter().all(|gone| !rest.contains(gone)), "{rest}");
    assert!(["AAAA", "BBBB", "CCCC", "DDDD", "\"kept\"", "stdout"].iter().all(|kept| rest.contains(kept)), "{rest}");
}

#[test]
fn what_goes_to_a_shell_is_a_part_of_its_own() {
    let code = |source: &str| parts(&format!(r#"{{"cells": [{{"cell_type": "code", "source": "{source}"}}]}}"#));
    assert_eq!(code(r"a\n  !b c\n%env D=e\nf")[1..], ["1 sh: b c\n", "1 sh: D=e\n"]);
    assert_eq!(code(r"%%bash\na")[1..], ["1 sh: %%bash\na"]);
    assert_eq!(code("a != b").len(), 1);
}

#[test]
fn lines_without_line_ends_stay_lines() {
    assert_eq!(parts(r#"{"cells": [{"cell_type": "code", "source": ["a", "b\n", "c"]}]}"#), ["1 py: a\nb\nc"]);
}

#[test]
fn what_is_no_notebook_is_left_alone() {
    for text in ["", "{}", "[]", r#"{"cells": 1}"#, r#"{"cells": [}"#, r#"{"cells": []} x"#, "{\"cells\": [{\"source\": \"a]}"] {
        assert!(read(text).is_none(), "{text}");
    }
    assert!(Notebook::read(&RepoPath::new("a.json"), br#"{"cells": []}"#).is_none());
    assert!(Notebook::read(&RepoPath::new("A.IPYNB"), br#"{"cells": []}"#).is_some());
}

proptest! {
    #[test]
    fn every_string_is_in_one_place(
        keys in prop::collection::vec(prop::sample::select(vec![
            "source", "input", "outputs", "text", "data", "text/plain", "image/png", "metadata", "attachments", "cells", "x",
        ]), 0..12),
        close in any::<bool>(),
    ) {
        // Each level of the nest holds one string of its own.
        let mut text = String::from(r#"{"cells": [{"cell_type": "code""#);
        for (index, key) in keys.iter().enumerate() {
            text.extend([format!(r#", "v{index}": "value{index}.", "{key}": {{"y": "inner{index}.""#)]);
        }
        text += &"}".repeat(keys.len());
        text += "}]";
        text += if close { "}" } else { ", \"metadata\": {}}" };
        let notebook = read(&text).unwrap();
        for index in 0..keys.len() {
            for word in [format!("value{index}."), format!("inner{index}.")] {
                let count = |text: &[u8]| memchr::memmem::find_iter(text, word.as_bytes()).count();
                let held = count(&notebook.cells.text) + count(&notebook.rest.text);
                prop_assert!(held == 1, "{word} in {text}");
            }
        }
        let whole = notebook.rest.outer(0..notebook.rest.text.len());
        prop_assert_eq!(whole, 0..text.len());
    }
}
