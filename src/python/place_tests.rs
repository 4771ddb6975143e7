//! Places that may be an expression, and places that may not, each with its reason.

use super::super::Module;

/// The string with `S` in it.
fn subject(text: &str) -> (Module<'_>, usize) {
    let module = Module::new(text.as_bytes());
    let (index, _) = module.token_at(text.find('S').unwrap()).unwrap();
    (module, index)
}

fn reason(text: &str) -> Option<&'static str> {
    let (module, index) = subject(text);
    module.why_fixed(index)
}

#[test]
fn expressions_are_free() {
    for text in [
        "x = 'S'",
        "x: str = 'S'",
        "x = y = 'S'",
        "self.x['k'] = 'S'",
        "f('S')",
        "f(a, k='S')",
        "x = ['S', 'b']",
        "x = {'S', 'b'}",
        "x = {'k': 'S'}",
        "x = {'k': lambda a, b: 'S'}",
        "x = {**a, 'k': f('S')}",
        "def f(x='S'): pass",
        "def f(x: str = 'S', *a) -> int: pass",
        "def f[T: int](x: T = 'S'): pass",
        "x = lambda: 'S'",
        "x = lambda a='S', b=1: a",
        "f(lambda: 'S')",
        "if x == 'S': pass",
        "if x: y = 'S'",
        "if x: return 'S'",
        "while 'S' in x: pass",
        "for x in 'S', 'b': pass",
        "with f('S') as g: pass",
        "assert x == 'S', y",
        "'S'.encode()",
        "x = 'S'[1:]",
        "x = a or 'S'",
        "x = 'S' if a else b",
        "x = (y := 'S')",
        "x = 'S' % y + 'b'",
        "x = [a for a in 'S' if a]",
        "@f('S')\ndef g(): pass",
        "match f('S'):\n  case _: pass",
        "match x:\n  case _: y = 'S'",
        "type(x, 'S')",
        "x = d.get('k', 'S')",
        "x = (  # one\n  'S'  # two\n)",
        "x = f'{a}', 'S'",
        "x = f'{a}' + 'S'",
        "x = f('a'\n'b', 'S')",
        "raise E('S') from 'x'",
        "yield 'S'",
        "del x; y = 'S'",
        "class A(B, k='S'): pass",
    ] {
        assert_eq!(reason(text), None, "{text}");
    }
}

#[test]
fn what_has_to_be_a_literal_stays() {
    for (text, part) in [
        ("'S'", "alone"),
        ("x = 1; 'S'; y = 2", "alone"),
        ("def f():\n  'S'\n", "alone"),
        ("class A: 'S'", "alone"),
        ("x = ('S' 'b')", "side by side"),
        ("x = ('a'  # one\n  'S')", "side by side"),
        ("x = 'S' f'{b}'", "side by side"),
        ("x = {'S': 1}", "key"),
        ("x = {'a': 1, 'S': 2}", "key"),
        ("x = {('S', 1): 2}", "key"),
        ("x = {'S' + a: 2}", "key"),
        ("x: 'S' = 1", "annotation"),
        ("x: A('S') = 1", "annotation"),
        ("def f(x: 'S'): pass", "annotation"),
        ("def f(a, x: A('S') = 1): pass", "annotation"),
        ("def f[T](x: 'S'): pass", "annotation"),
        ("def f() -> 'S': pass", "annotation"),
        ("x = Literal['S']", "subscript"),
        ("def f(x: Literal['S'] = 'b'): pass", "subscript"),
        ("x: Annotated[str, A(k='S')]", "annotation"),
        ("x = d['S']", "subscript"),
        ("x = f(1)['S']", "subscript"),
        ("x = d[f('S')]", "subscript"),
        ("d['S'] = 1", "subscript"),
        ("type X = A | 'S'", "type alias"),
        ("match x:\n  case 'S': pass", "pattern"),
        ("match x:\n  case A(k='S') | 'b': pass", "pattern"),
        ("match x:\n  case {'a': 'S'}: pass", "pattern"),
        ("@'S'.join\ndef f(): pass", "decorator"),
        ("__all__ = ['a', 'S']", "tools"),
        ("__all__ += ('S',)", "tools"),
        ("__slots__ = 'S'", "tools"),
        ("x = f'{'S'}'", "f-string"),
        ("x = f'{a:{f('S')}}'", "f-string"),
        ("x = f\"{d['S']}\"", "f-string"),
        ("x = os.environ.get('K', 'S')", "environment"),
        ("x = os.getenv('K', default='S')", "environment"),
        ("x = environ.setdefault('K', f('S'))", "environment"),
        ("print 'S'", "Python 3"),
        ("x = ur'S'", "Python 3"),
        ("x = a 'S'", "Python 3"),
        ("x = 'S' b", "Python 3"),
        ("'S' = x", "Python 3"),
        ("x = 'S'(1)", "Python 3"),
    ] {
        let found = reason(text);
        assert!(found.is_some_and(|reason| reason.contains(part)), "{text}: {found:?}");
    }
}

#[test]
fn values_have_the_names_that_they_are_given() {
    for (text, name) in [
        ("password = 'S'", Some("password")),
        ("a = b = 'S'", Some("b")),
        ("password: str = 'S'", Some("password")),
        ("self.password = 'S'", Some("password")),
        ("x['password'] = 'S'", Some("password")),
        ("f(1, password='S')", Some("password")),
        ("x = {'a': 1, 'password': 'S'}", Some("password")),
        ("def f(password: str = 'S'): pass", Some("password")),
        ("if password == 'S': pass", Some("password")),
        ("x = {'a': 1 if password == 'S' else 2}", Some("password")),
        ("password = Secret('S')", Some("password")),
        ("passwords = ['a', 'S']", Some("passwords")),
        ("f('S')", None),
        ("x = lambda: 'S'", Some("x")),
        ("f()['k'][1] = 'S'", None),
    ] {
        let (module, index) = subject(text);
        assert_eq!(module.name_of(index).as_deref(), name, "{text}");
    }
}

#[test]
fn looked_up_variables_are_known() {
    let text = "os.environ['A'], environ.get('B', 'x'), os.getenv(\"C\"), os.environ.pop('D'), d['E'], d.get('F')";
    let module = Module::new(text.as_bytes());
    assert_eq!(module.environment_names().collect::<Vec<_>>(), [b"A", b"B", b"C", b"D"]);
}
