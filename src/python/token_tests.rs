//! The tokenizer against what is known of Python, and against noise.

use proptest::prelude::*;

use super::{FirstTokens, Kind, tokens};

/// Kinds as one letter each, with the texts.
fn shown(text: &str) -> Vec<String> {
    let letter = |kind| match kind {
        Kind::Name => 'n',
        Kind::Number => '#',
        Kind::String => 's',
        Kind::FStringStart => '<',
        Kind::FStringMiddle => 'm',
        Kind::FStringEnd => '>',
        Kind::Comment => 'c',
        Kind::Op => 'o',
        Kind::Newline => 'l',
        Kind::Error => 'E',
    };
    tokens(text.as_bytes()).iter().map(|token| format!("{}{}", letter(token.kind), &text[token.start..token.end])).collect()
}

#[test]
fn strings_end_where_they_end() {
    assert_eq!(shown(r#"a = 'b"\'c' rb"\"" "#), ["na", "o=", r#"s'b"\'c'"#, r#"srb"\"""#]);
    assert_eq!(shown("'''a'b''\n''' + ''"), ["s'''a'b''\n'''", "o+", "s''"]);
    assert_eq!(shown("'a\\\r\nb'"), ["s'a\\\r\nb'"]);
    assert_eq!(shown("ur'x' bar'y' Rb'z'"), ["nur", "s'x'", "nbar", "s'y'", "sRb'z'"]);
}

#[test]
fn what_does_not_end_is_an_error() {
    assert_eq!(shown("'a\nb"), ["E'a", "l\n", "nb"]);
    assert_eq!(shown("x = '''a\nb"), ["nx", "o=", "E'''a\nb"]);
    assert_eq!(shown("(a"), ["o(", "na", "E"]);
    assert_eq!(shown("(]) ?"), ["o(", "E]", "o)", "E?"]);
    assert_eq!(shown("f'{a"), ["<f'", "o{", "na", "E"]);
    assert_eq!(shown("f'a\nb"), ["<f'", "Ea", "l\n", "nb"]);
    assert_eq!(shown("f'{a:b' c"), ["<f'", "o{", "na", "o:", "Eb'", "nc"]);
}

#[test]
fn f_strings_nest() {
    assert_eq!(shown("f'a{b}c'"), ["<f'", "ma", "o{", "nb", "o}", "mc", ">'"]);
    assert_eq!(shown("f'{d['k']}'"), ["<f'", "o{", "nd", "o[", "s'k'", "o]", "o}", ">'"]);
    assert_eq!(shown("f'{{x}}{a!r:>{w}}'"), ["<f'", "m{{x}}", "o{", "na", "o!", "nr", "o:", "m>", "o{", "nw", "o}", "o}", ">'"]);
    assert_eq!(
        shown("f'{x:=3}{(y:=4)}{a!=b}'"),
        ["<f'", "o{", "nx", "o:", "m=3", "o}", "o{", "o(", "ny", "o:=", "#4", "o)", "o}", "o{", "na", "o!=", "nb", "o}", ">'"]
    );
    assert_eq!(shown(r"f'\N{BULLET}\{a}\''"), ["<f'", r"m\N{BULLET}\", "o{", "na", "o}", r"m\'", ">'"]);
    assert_eq!(shown("rf'''{\na # '''\n}'''"), ["<rf'''", "o{", "na", "c# '''", "o}", ">'''"]);
    assert_eq!(shown("t'{f'{f'{1}'}'}'").len(), 13);
}

#[test]
fn numbers_names_and_operators_are_told_apart() {
    assert_eq!(shown("1_0.5e-3j+0xFFel se"), ["#1_0.5e-3j", "o+", "#0xFFe", "nl", "nse"]);
    assert_eq!(shown("1if x else.5"), ["#1", "nif", "nx", "nelse", "#.5"]);
    assert_eq!(shown("a**=b//c:=...->é"), ["na", "o**=", "nb", "o//", "nc", "o:=", "o...", "o->", "né"]);
}

#[test]
fn only_logical_lines_end() {
    assert_eq!(
        shown("\n# c\n\x0ca = (1,\n 2) \\\r\n + 3\r\n\r\nb"),
        ["c# c", "na", "o=", "o(", "#1", "o,", "#2", "o)", "o+", "#3", "l\r\n", "nb"]
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1024) })]

    #[test]
    fn any_bytes_are_tokens_in_order_that_leave_out_blanks_only(text in any_text()) {
        let mut end = 0;
        let all = tokens(&text);
        for (index, token) in all.iter().enumerate() {
            prop_assert!(token.start >= end && token.start <= token.end && token.end <= text.len());
            prop_assert!(token.within.is_none_or(|opener| opener < index));
            let between = &text[end..token.start];
            prop_assert!(between.iter().all(|b| b" \t\x0c\\\r\n".contains(b)), "{:?}", between);
            end = token.end;
        }
        prop_assert!(text[end..].iter().all(|b| b" \t\x0c\\\r\n".contains(b)));
        let first: Vec<_> = FirstTokens::of(&text).collect();
        prop_assert!(all.starts_with(&first) && all.len() - first.len() <= 1);
    }
}

fn any_text() -> impl Strategy<Value = Vec<u8>> {
    let pieces: Vec<&[u8]> = vec![
        b"f'",
        b"rf\"\"\"",
        b"'",
        b"\"",
        b"'''",
        b"{",
        b"}",
        b"{{",
        b":",
        b"!r",
        b"\\",
        b"\\N{",
        b"\n",
        b"\r\n",
        b"\r",
        b"(",
        b")",
        b"]",
        b"[",
        b"#",
        b" ",
        b"\x0c",
        b"0x",
        b"1e",
        b"_",
        b".",
        b"name",
        b"lambda",
        b"\xff",
        b"\0",
        b"b'",
        b":=",
    ];
    let piece = prop_oneof![
        8 => prop::sample::select(pieces).prop_map(<[u8]>::to_vec),
        1 => prop::collection::vec(any::<u8>(), 0..4),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}
