//! Ways to `os.environ` in modules that have one, need one, or call something else `os`.

use super::super::Module;
use super::Environ;

/// The expression and the module with the import added, for a first use at `USE`.
fn environ(text: &str) -> (String, String) {
    let Environ { expression, import } = Module::new(text.as_bytes()).environ(text.find("USE").unwrap()).unwrap();
    let mut text = text.to_owned();
    if let Some((at, import)) = import {
        text.insert_str(at, &import);
    }
    (expression, text)
}

#[test]
fn an_import_that_is_there_serves() {
    for (text, expression) in [
        ("import os\nUSE", "os.environ"),
        ("import sys; import os\nUSE", "os.environ"),
        ("import sys, os, re\nUSE", "os.environ"),
        ("import os.path\nUSE", "os.environ"),
        ("import os as _system\nUSE", "_system.environ"),
        ("import os as _system, sys\nUSE os.x", "_system.environ"),
        ("from os import path, environ\nUSE", "environ"),
        ("from os import (\n  path,\n  environ as env,\n)\nUSE env['a']", "env"),
        ("import os\nimport os.path as path\nfrom os import sep\nUSE os.x", "os.environ"),
        ("\x0cimport os\nUSE", "os.environ"),
    ] {
        assert_eq!(environ(text), (expression.to_owned(), text.to_owned()), "{text}");
    }
}

#[test]
fn an_import_that_may_mean_something_else_does_not_serve() {
    for text in [
        "import os\ndef f(os): pass\nUSE",
        "import os\nos = 1\nUSE",
        "import os\nfor os in x: pass\nUSE",
        "import os\ndef f():\n  import os\nUSE",
        "import os\ndef f():\n  import os.path\nUSE",
        "import os\nfrom x import os\nUSE",
        "import os\ndel os\nUSE",
        "def f():\n  import os\nUSE",
        "if TYPE_CHECKING:\n  import os\nUSE",
        "if TYPE_CHECKING: import os\nUSE",
        "from . import os\nUSE",
    ] {
        let (expression, changed) = environ(text);
        assert_eq!(expression, "_os.environ", "{text}");
        assert!(changed.starts_with("import os as _os\n"), "{changed}");
    }
    assert_eq!(environ("_os = os = 1\nUSE").0, "_os_2.environ");
    assert_eq!(environ("import os.path as os\nUSE").0, "_os.environ");
    assert_eq!(environ("import os\nfrom os import environ as os\nUSE").0, "_os.environ");
    assert_eq!(environ("from os import environ\nenviron = 1\nUSE").0, "os.environ");
}

#[test]
fn an_import_behind_the_first_use_does_not_serve() {
    assert_eq!(environ("USE\nimport os\n"), ("os.environ".to_owned(), "import os\n\nUSE\nimport os\n".to_owned()));
}

#[test]
fn the_import_goes_behind_what_has_to_come_first() {
    for (text, expected) in [
        ("x = USE", "import os\n\nx = USE"),
        ("'''doc'''\nx = USE\n", "'''doc'''\nimport os\n\nx = USE\n"),
        ("#!/bin/python\n# -*- coding: utf-8 -*-\nx = USE\n", "#!/bin/python\n# -*- coding: utf-8 -*-\nimport os\n\nx = USE\n"),
        ("# (c) us\n\n# Settings.\n# More.\nx = USE\n", "# (c) us\n\nimport os\n\n# Settings.\n# More.\nx = USE\n"),
        ("# (c) us\n\n# Stdlib.\nimport re\nx = USE\n", "# (c) us\n\n# Stdlib.\nimport os\nimport re\nx = USE\n"),
        ("'''# doc\n# more'''\nx = USE", "'''# doc\n# more'''\nimport os\n\nx = USE"),
        (
            "'doc'\nfrom __future__ import (\n  annotations)\nfrom a import b\nUSE",
            "'doc'\nfrom __future__ import (\n  annotations)\nimport os\nfrom a import b\nUSE",
        ),
        ("from __future__ import a; x = USE", "from __future__ import a; import os; x = USE"),
        ("'doc'; x = USE", "'doc'; import os; x = USE"),
        ("'doc'\r\n\r\nx = USE\r\n", "'doc'\r\n\r\nimport os\r\n\r\nx = USE\r\n"),
        ("x = 1 # a\n@f\ndef g(): USE", "import os\n\nx = 1 # a\n@f\ndef g(): USE"),
        ("b'no doc'\nx = USE", "b'no doc'\nimport os\n\nx = USE"),
        ("  # in\nx = USE", "  # in\nimport os\n\nx = USE"),
    ] {
        assert_eq!(environ(text), ("os.environ".to_owned(), expected.to_owned()), "{text}");
    }
    assert_eq!(Module::new(b"  x = 'a'").environ(6), None);
}
