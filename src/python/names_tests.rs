//! Imports and calls by their full names.

use proptest::prelude::*;

use super::*;

const NAMES: [&str; 5] = ["ssl.wrap_socket", "telnetlib", "xml.sax", "eval", "subprocess.run"];

fn shown(text: &str, uses: &[Use<'_>]) -> Vec<String> {
    let one = |it: &Use<'_>| {
        let keywords: Vec<_> = it.keywords.iter().map(|word| String::from_utf8_lossy(word)).collect();
        format!("{}: {} {}", NAMES[it.name], &text[it.range.clone()], keywords.join(" ")).trim_end().to_owned()
    };
    uses.iter().map(one).collect()
}

fn calls(text: &str) -> Vec<String> {
    shown(text, &Module::new(text.as_bytes()).calls_of(&Wanted::new(NAMES)))
}

fn imports(text: &str) -> Vec<String> {
    shown(text, &Module::new(text.as_bytes()).imports_of(&Wanted::new(NAMES)))
}

#[test]
fn modules_are_imported_in_every_form() {
    assert_eq!(imports("import os, telnetlib as t\n"), ["telnetlib: telnetlib"]);
    assert_eq!(imports("if x: import telnetlib.deep; import xml"), ["telnetlib: telnetlib.deep"]);
    assert_eq!(imports("from telnetlib import (\n  Telnet, # one\n  IAC as i,\n)\n"), ["telnetlib: telnetlib"]);
    assert_eq!(imports("from xml import sax as s, dom\n"), ["xml.sax: sax"]);
    assert_eq!(imports("from xml.sax.handler import *\n"), ["xml.sax: xml.sax.handler"]);
    for silent in [
        "from . import telnetlib",
        "from .telnetlib import x",
        "import telnetlib2",
        "from a import telnetlib",
        "x = 'import telnetlib'",
    ] {
        assert_eq!(imports(silent), [""; 0], "{silent}");
    }
}

#[test]
fn calls_are_resolved_through_the_imports() {
    assert_eq!(calls("import ssl\nssl.wrap_socket(s)"), ["ssl.wrap_socket: ssl.wrap_socket"]);
    assert_eq!(calls("import ssl as s\nx = [s . wrap_socket(a)]"), ["ssl.wrap_socket: s . wrap_socket"]);
    assert_eq!(calls("from ssl import wrap_socket as w\n@w(1)\ndef f(): w(w)"), ["ssl.wrap_socket: w", "ssl.wrap_socket: w"]);
    assert_eq!(calls("from ssl import *\nf'{wrap_socket(s)}'"), ["ssl.wrap_socket: wrap_socket"]);
    assert_eq!(calls("def f():\n  return run(a)\nfrom subprocess import run"), ["subprocess.run: run"]);
    assert_eq!(calls("try:\n import a as m\nexcept E:\n import ssl as m\nm.wrap_socket()"), ["ssl.wrap_socket: m.wrap_socket"]);
    for silent in [
        "ssl.wrap_socket(s)",
        "from . import ssl\nssl.wrap_socket(s)",
        "import ssl\nssl.wrap_socket\n(s)",
        "import ssl\nx.ssl.wrap_socket(s)\nssl.wrap_socket.x(s)",
        "from ssl import *\nfrom .mine import wrap_socket\nwrap_socket(s)",
        "import subprocess\ndef run(): pass\nrun()",
        "import ssl # ssl.wrap_socket(s)",
    ] {
        assert_eq!(calls(silent), [""; 0], "{silent}");
    }
}

#[test]
fn built_in_functions_have_no_module() {
    assert_eq!(calls("eval(x)"), ["eval: eval"]);
    assert_eq!(calls("import builtins as b\nb.eval(x)\nfrom builtins import eval as e\ne(x)"), ["eval: b.eval", "eval: e"]);
    for silent in ["x.eval(y)", "def eval(x): pass", "from .safe import eval\neval(x)", "class eval(x): pass"] {
        assert_eq!(calls(silent), [""; 0], "{silent}");
    }
}

#[test]
fn keyword_arguments_are_those_of_the_call_itself() {
    assert_eq!(calls("eval(a, b=1, *c, **d)"), ["eval: eval b **"]);
    assert_eq!(calls("eval(f(x=1), (y == 2), a ** b, lambda z=1: z)"), ["eval: eval"]);
    assert_eq!(calls("eval(eval(inner=1), outer=2)"), ["eval: eval outer", "eval: eval inner"]);
}

proptest! {
    #[test]
    fn any_text_has_an_answer(text in "(import|from|ssl|wrap_socket|as|eval|[.,()*=;:\n ]|\\PC){0,40}") {
        let module = Module::new(text.as_bytes());
        let wanted = Wanted::new(NAMES);
        for it in module.calls_of(&wanted).into_iter().chain(module.imports_of(&wanted)) {
            prop_assert!(!text.as_bytes()[it.range].is_empty());
        }
    }
}
