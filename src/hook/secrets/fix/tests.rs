//! Whole files, found and mended: what changes, what stays, and why.

use std::collections::BTreeSet;

use super::super::Secrets;
use crate::finding::{Finding, Redacted, Subject};
use crate::hook::{Faulty, Hook, Verdict};
use crate::source::{Origin, RepoPath, Source};

/// The text with values that the hook finds.
fn plain(text: &str) -> String {
    let text = text.replace("TOKEN1", "gh·p_0000000000000000000000000000002C8GjS");
    text.replace("TOKEN2", "gh·p_1111111111111111111111111111112C8GjS").replace('·', "")
}

/// The mended files, and what became of each finding.
fn mend_all(files: &[(&str, &[u8])], taken: &[&str]) -> (Vec<Vec<u8>>, Vec<String>) {
    let paths: Vec<RepoPath> = files.iter().map(|(path, _)| RepoPath::new(*path)).collect();
    let sources: Vec<Source<'_>> =
        files.iter().zip(&paths).map(|((_, raw), path)| Source::new(path, raw, Origin::Repository)).collect();
    let hook = Secrets::default();
    let found: Vec<Vec<Finding>> = sources
        .iter()
        .map(|source| {
            let mut found = Vec::new();
            hook.check(source, &mut found);
            found
        })
        .collect();
    let secrets: Vec<&Redacted> = found
        .iter()
        .flatten()
        .filter_map(|finding| match &finding.subject {
            Subject::Secret(value) => Some(value),
            Subject::Plain(_) => None,
        })
        .collect();
    let faulty: Vec<Faulty<'_>> =
        sources.iter().zip(&found).map(|(source, found)| Faulty { source, open: found.iter().collect() }).collect();
    let taken: BTreeSet<String> = taken.iter().map(|&name| name.to_owned()).collect();
    let repairs = Secrets::repair(&faulty, &secrets, taken);
    let texts = sources.iter().zip(&repairs).map(|(source, repair)| repair.fix.apply(&source.text).unwrap()).collect();
    let verdicts = repairs.into_iter().flat_map(|repair| repair.verdicts).map(|verdict| match verdict {
        Verdict::Fixed { variable } => variable,
        Verdict::Left { reason } => format!("left: {reason}"),
    });
    (texts, verdicts.collect())
}

fn mend(path: &str, text: &str) -> (String, Vec<String>) {
    let (mut texts, verdicts) = mend_all(&[(path, plain(text).as_bytes())], &[]);
    (String::from_utf8(texts.remove(0)).unwrap(), verdicts)
}

#[test]
fn a_literal_becomes_a_look_up() {
    for (text, expected) in [
        ("GITHUB_TOKEN = 'TOKEN1'\n", "import os\n\nGITHUB_TOKEN = os.environ[\"GITHUB_TOKEN\"]\n"),
        ("import os\nx = r'''TOKEN1'''", "import os\nx = os.environ[\"GITHUB_TOKEN\"]"),
        ("import os\nx = u\"TOKEN1\"", "import os\nx = os.environ[\"GITHUB_TOKEN\"]"),
        ("import os\nx = b'TOKEN1'\n", "import os\nx = os.environ[\"GITHUB_TOKEN\"].encode()\n"),
        ("import os\nx = Rb'TOKEN1'\n", "import os\nx = os.environ[\"GITHUB_TOKEN\"].encode()\n"),
        ("import os\ndef f(): return'TOKEN1'\n", "import os\ndef f(): return os.environ[\"GITHUB_TOKEN\"]\n"),
        (
            "import os\nx = 'TOKEN1'if a else'TOKEN1'",
            "import os\nx = os.environ[\"GITHUB_TOKEN\"]if a else os.environ[\"GITHUB_TOKEN\"]",
        ),
        (
            "from os import environ\r\n\r\nx\t=  'TOKEN1'\t# why\r\n",
            "from os import environ\r\n\r\nx\t=  environ[\"GITHUB_TOKEN\"]\t# why\r\n",
        ),
        ("import os\nx = {'Authorization': f('TOKEN1')}", "import os\nx = {'Authorization': f(os.environ[\"GITHUB_TOKEN\"])}"),
    ] {
        let (mended, verdicts) = mend("a.py", text);
        assert_eq!(mended, expected, "{text}");
        assert!(verdicts.iter().all(|name| name == "GITHUB_TOKEN") && !verdicts.is_empty(), "{text}: {verdicts:?}");
    }
}

#[test]
fn what_cannot_be_mended_stays_with_a_reason() {
    for (path, text, part) in [
        ("a.pyi", "x = 'TOKEN1'\n", "no Python file"),
        ("a.yml", "x: TOKEN1\n", "no Python file"),
        ("a.py", "# x = 'TOKEN1'\n", "comment"),
        ("a.py", "x = f'TOKEN1'\n", "part of an f-string"),
        ("a.py", "x = f'{y}TOKEN1'\n", "part of an f-string"),
        ("a.py", "x = f\"{f('TOKEN1')}\"\n", "braces of an f-string"),
        ("a.py", "x = 'token TOKEN1'\n", "part of a longer literal"),
        ("a.py", "x = 'postgres://u:Tr0ub4dor·-horse-77@db/x'\n", "part of a longer literal"),
        ("a.py", "x = ('TOKEN1'\n  '')\n", "side by side"),
        ("a.py", "'TOKEN1'\n", "alone"),
        ("a.py", "x = {'TOKEN1': 1}\n", "key"),
        ("a.py", "x: Literal['TOKEN1']\n", "annotation"),
        ("a.py", "x = os.getenv('T', 'TOKEN1')\n", "environment look-up"),
        ("a.py", "print 'TOKEN1'\n", "Python 3"),
        ("a.py", "x = ('TOKEN1'\n", "no Python 3"),
        ("a.py", "x = 'TOKEN1'\ny = 'a\n", "no Python 3"),
        ("a.py", "x = 'TOKEN1' # \0\n", "no Python 3"),
        ("a.py", "# -*- coding: shift_jis -*-\nx = 'TOKEN1'\n", "UTF-8"),
        ("a.py", "  x = 'TOKEN1'\n", "no place"),
    ] {
        let (mended, verdicts) = mend(path, text);
        assert_eq!(mended, plain(text), "{text}");
        assert!(
            !verdicts.is_empty() && verdicts.iter().all(|it| it.starts_with("left: ") && it.contains(part)),
            "{text}: {verdicts:?}"
        );
    }
}

#[test]
fn files_of_other_encodings_stay() {
    let text = plain("x = 'TOKEN1'\n");
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let latin1 = [text.as_bytes(), b"# \xe9\n"].concat();
    for raw in [utf16, latin1] {
        let (_, verdicts) = mend_all(&[("a.py", &raw)], &[]);
        assert_eq!(verdicts, ["left: the file is not UTF-8"]);
    }
    let (_, verdicts) = mend("a.py", "#!/bin/python\n# vim: set fileencoding=UTF_8 :\nx = 'TOKEN1'\n");
    assert_eq!(verdicts, ["GITHUB_TOKEN"]);
}

#[test]
fn one_value_has_one_name_and_one_name_has_one_value() {
    let one = plain("x = 'TOKEN1'\ny = 'TOKEN2'\nz = 'TOKEN1'\n");
    let other = plain("y_token = 'TOKEN2'\n");
    let (_, verdicts) = mend_all(&[("a.py", one.as_bytes()), ("b.py", other.as_bytes())], &[]);
    assert_eq!(verdicts, ["GITHUB_TOKEN", "GITHUB_TOKEN_2", "GITHUB_TOKEN", "GITHUB_TOKEN_2"]);
    let (_, verdicts) = mend_all(&[("b.py", other.as_bytes())], &["Y_TOKEN"]);
    assert_eq!(verdicts, ["Y_TOKEN_2"]);
    let (_, verdicts) = mend("a.py", "x = os.environ['GITHUB_TOKEN']\ny = 'TOKEN1'\n");
    assert_eq!(verdicts, ["GITHUB_TOKEN_2"]);
}

#[test]
fn names_are_those_of_the_source() {
    for (path, text, name) in [
        ("db.py", "PASSWORD = 'Tr0ub4dor·-horse-77'\n", "DB_PASSWORD"),
        ("a.py", "connect(orders_password='Tr0ub4dor·-horse-77')\n", "ORDERS_PASSWORD"),
        ("a.py", "x = {'smtpPassword': 'Tr0ub4dor·-horse-77'}\n", "SMTP_PASSWORD"),
        ("settings.py", "PASSWORD = 'Tr0ub4dor·-horse-77'\n", "APP_PASSWORD"),
        ("a.py", "token = 'TOKEN1'\n", "GITHUB_TOKEN"),
        ("a.py", "DEPLOY_TOKEN = 'TOKEN1'\n", "DEPLOY_TOKEN"),
        ("a.py", "x = 'TOKEN1'\n", "GITHUB_TOKEN"),
        ("a.py", "datadog.configure(api_key='7·f3a9c1e5b8d2046f7e1c93ab05d68e4')\n", "DATADOG_API_KEY"),
        ("bin/run", "#!/usr/bin/env python3\nx = 'TOKEN1'\n", "GITHUB_TOKEN"),
    ] {
        let (_, verdicts) = mend(path, text);
        assert_eq!(verdicts, [name], "{text}");
    }
}

#[test]
fn no_name_shows_a_value() {
    let (mended, verdicts) = mend("a.py", "TOKEN1_TOKEN = 'TOKEN1'\n");
    assert_eq!(verdicts, ["left: it is no string literal", "GITHUB_TOKEN"], "{mended}");
    let text = "db_password = 'Tr0ub4dor·-horse-77'\nx = {'password_Tr0ub4dor·_horse_77': 'TOKEN2'}\n";
    let (_, verdicts) = mend("a.py", text);
    assert_eq!(verdicts, ["DB_PASSWORD", "GITHUB_TOKEN"]);
}

#[test]
fn mending_twice_is_mending_once() {
    let text = plain("'''doc'''\nx = 'TOKEN1'\ny = {'password': 'Tr0ub4dor·-horse-77'}\nz = 'see TOKEN2'\n");
    let (once, verdicts) = mend("a.py", &text);
    assert_eq!(verdicts.len(), 3);
    let (twice, verdicts) = mend("a.py", &once);
    assert_eq!(twice, once);
    assert_eq!(verdicts, ["left: it is only part of a longer literal"]);
}
