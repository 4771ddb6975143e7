//! What detect-secrets makes of YAML.

use super::*;

/// Numbers and texts.
type Lines = &'static [(usize, &'static str)];

/// What detect-secrets 1.5.0 itself makes of each text, taken from its transformer: the lines that are not empty, or a refusal.
#[test]
fn as_detect_secrets_reads_it() {
    #[rustfmt::skip]
    let cases: &[(&str, Option<Lines>)] = &[
        ("a: b\n", Some(&[(1, "a: \"b\"")])),
        ("a: yes\nb: 'yes'\nc: 0x1f\nd: 1:30\ne: 2020-01-02\nf: ~\ng: 1_000\nh: 1.5\n", Some(&[(2, "b: \"yes\"")])),
        ("- a\n- b: c\n", Some(&[(2, "b: \"c\"")])),
        ("a: |\n  x\n  y\n\nb: >-\n  x\n  y\n", Some(&[(1, "a: \"x\ny\n\""), (5, "b: \"x y\"")])),
        ("a:\n  b\n", Some(&[(1, "a: \"b\"")])),
        ("a: b # note\n", Some(&[(1, "a: \"b\" # note")])),
        ("a: 'b\n\n  c'\nd: e\n", Some(&[(1, "a: \"b\nc\""), (4, "d: \"e\"")])),
        ("{a: b, c: d}\n", Some(&[(1, "a: \"b\""), (2, "c: \"d\"")])),
        ("a: {\n  b: c,\n\n  d: e\n}\n", Some(&[(2, "b: \"c\""), (4, "d: \"e\"")])),
        ("a: &x b\nc: *x\n", Some(&[(2, "a: \"b\""), (3, "c: \"b\"")])),
        ("m: &m\n  a: b\nn:\n  <<: *m\n  c: d\n", Some(&[(2, "a: \"b\""), (5, "c: \"d\"")])),
        ("a: b\n<<: x\nc: d\n", Some(&[(2, "<<: \"x\"")])),
        ("m: &m\n  <<: x\n  c: d\nn:\n  <<: [*m, {e: f}]\n", Some(&[(2, "<<: \"x\"")])),
        ("<<: [x]\n", None),
        ("<<: 1\n", None),
        ("<<: !!binary aGVsbG8=\n<<: y\n", Some(&[(1, "<<: \"aGVsbG8=\"")])),
        ("<<: [{ab: c, d: e}, {ab: f, d: g}]\n", Some(&[(1, "ab: \"f\""), (2, "d: \"e\"")])),
        ("a: \"b\\ud83dc\"\nd: e\n", Some(&[(1, "a: \"b\u{ffff}c\""), (2, "d: \"e\"")])),
        ("a: 1\na: b\na: c\n", Some(&[(3, "a: \"c\"")])),
        ("a: !!binary aGVsbG8=\n", Some(&[(1, "a: \"aGVsbG8=\"")])),
        ("a: \"q\\\"\\x41\\n\"\n", Some(&[(1, "a: \"q\\\"A\n\"")])),
        ("? a\n: b\n", Some(&[(2, "a: \"b\"")])),
        ("? a\n\n: b\n", Some(&[(3, "a: \"b\"")])),
        ("a: b\n---\nc: d\n", None),
        ("a: !vault x\n", None),
        ("a: 2020-13-45\n", None),
        ("a: b\n\tc: d\n", None),
        ("a: [b, {c: d}]\n", Some(&[(1, "c: \"d\"")])),
        ("a: {b: c}\n\n\nd: e\n", Some(&[(1, "b: \"c\""), (4, "d: \"e\"")])),
        ("a: b\nc: d: e\n", None),
        ("a: =\n", None),
        ("x: [a: b]\n", Some(&[(1, "a: \"b\"")])),
        ("a:\n- b: c\n  d: e\n", Some(&[(2, "b: \"c\""), (3, "d: \"e\"")])),
        ("a: >\n  x\n\n  y\n   z\n  w\n", Some(&[(1, "a: \"x\ny\n z\nw\n\"")])),
        ("%YAML 1.1\n---\na: b\n...\n", Some(&[(3, "a: \"b\"")])),
        ("a: 'it''s'\n", Some(&[(1, "a: \"it's\"")])),
        ("# c\n\na: b\n", Some(&[(3, "a: \"b\"")])),
    ];
    for (text, expected) in cases {
        let emitted = transform(text);
        let lines: Option<Vec<(usize, &str)>> =
            emitted.as_ref().map(|lines| lines.lines().map(|line| (line.number, line.text)).collect());
        assert_eq!(lines.as_deref(), *expected, "{text:?}");
    }
}

#[test]
fn attacks_end() {
    let nested = "[".repeat(100_000);
    let recursive = "a: &a [*a]\nb: c\n";
    let mut laughs = "a0: &a0 [x]\n".to_owned();
    for n in 1..40 {
        laughs.push_str(&"aN: &aN [*aM, *aM]\n".replace('N', &n.to_string()).replace('M', &(n - 1).to_string()));
    }
    for text in [&*nested, recursive, &laughs] {
        drop(transform(text));
    }
}
