//! Each way of Python to give a name a value, and what looks like one.

use crate::rule::Confidence;
use crate::secret::Detector;
use crate::source::{Origin, RepoPath, Source};

/// The values that are reported at `medium` or more, `V` in the text standing for a literal and `·` being cut out.
fn values_in(file: &str, text: &str) -> Vec<String> {
    let text = text.replace('V', "\"kvp·zusd0\"").replace('·', "");
    let path = RepoPath::new(file);
    let found = Detector::default().detect(&Source::new(&path, text.as_bytes(), Origin::Repository)).candidates;
    let found = found.into_iter().filter(|candidate| candidate.confidence >= Confidence::Medium);
    found.map(|candidate| candidate.value.with(|value| String::from_utf8_lossy(value).into_owned())).collect()
}

fn values(text: &str) -> Vec<String> {
    let values = values_in("a.py", text);
    assert_eq!(values_in("a.py", &text.replace('\n', "\r\n")), values, "{text}");
    values
}

#[test]
fn an_expression_may_come_to_a_literal() {
    for text in [
        "password = V if debug else None",
        "password = None if debug else V",
        "password = os.environ['PW'] if 'PW' in os.environ else V",
        "password = (\n    None\n    if debug\n    else V\n)",
        "password = None if a else '' if b else V",
        "password = a or b or V",
        "password = use and V",
        "password = getpass.getpass('Password: ') or V",
        "password = (\n    os.environ.get('PW')\n    or V\n)",
        "password = os.environ.get('PW') or \\\n    V",
        "d = {'password': os.environ.get('PW') or V}",
        "d = {'password':\n    V}",
        "connect(password=None if x else V)",
        "password = \\\n    V",
        "password = passwd = V",
        "password = self.x = V",
        "password = lambda: V",
        "password = V.encode()",
        "password = V[1:]",
        "password = rV",
        "password = fV",
        "if (password := V): pass",
        "password += V",
        "password = f(1, g[2])[3] or V",
        "def f(a, *, password=V, b=1): pass",
        "connect(*a, password=V, **b)",
        "f = lambda password=V: password",
    ] {
        assert_eq!(values(text), ["kvpzusd0"], "{text}");
    }
}

#[test]
fn some_calls_name_their_secret_by_its_place() {
    for text in [
        "smtp.login('ada', V)",
        "login(user, V, timeout=3)",
        "smtp.login(\n    user,  # theirs\n    V,\n)",
        "User.objects.create_user('a', 'b@c.de', password or V)",
        "keyring.set_password('a', 'b', V)",
        "pymysql.connect('db', 'app', V, 'shop')",
        "jwt.encode({'sub': f(1, 2)}, V)",
        "hmac.new(V.encode(), msg)",
    ] {
        assert_eq!(values(text), ["kvpzusd0"], "{text}");
    }
    for text in [
        "def login(user, x=V): pass",
        "login(V, user)",
        "login(a, b, V)",
        "x.jwt_encode(a, V)",
        "jwt.encode(a, key.f(V))",
        "s = 'login(a, b)'",
    ] {
        assert_eq!(values(text), [""; 0], "{text}");
    }
    assert_eq!(values_in("a.js", "client.login('ada', V)"), [""; 0]);
}

#[test]
fn a_type_stands_between_a_name_and_its_value() {
    for text in [
        "password: 'str' = V",
        "password: Optional['str'] = V",
        "password: Annotated[str, Field(min_length=3)] = V",
        "password: Literal['a', 'b'] = V",
        "def f(user: str, password: 'str' = V, host: str = 'x'): pass",
        "d['password']: str = V",
        "DB_PASSWORD: Final[str] = V",
        "DB_PASSWORD: Secret = Secret(V)",
    ] {
        assert_eq!(values(text), ["kvpzusd0"], "{text}");
    }
    for text in ["password: 'kvpzu·sd0'", "def f(password: V): pass", "password: Literal[V] = x", "lambda password: V"] {
        assert!(values_in("a.py", text).len() <= 1, "{text}");
    }
    assert_eq!(values("password: Literal[V] = x"), [""; 0]);
}

#[test]
fn names_and_values_of_one_assignment_belong_together_by_their_places() {
    for text in [
        "user, password = 'ada', V",
        "password, user = V, 'ada'",
        "(user, password) = ('ada', V)",
        "[user, password] = ['ada', V]",
        "host, user, password = 'db1.example.org', get('u', 1), V",
        "self.user, self.password = 'ada', V  # both",
        "user, *_, password = 'ada', 'x', V",
    ] {
        assert_eq!(values(text), ["kvpzusd0"], "{text}");
    }
    for text in
        ["user, password = V, get()", "password, user = get(), V", "user, password, x = 'ada', V", "x, user = password, V"]
    {
        assert_eq!(values(text), [""; 0], "{text}");
    }
    // In a call over lines these are arguments.
    assert_eq!(values("connect(\n    user, password=V,\n    host=x)"), ["kvpzusd0"]);
    assert_eq!(values("f(\n    password, user=V)"), [""; 0]);
}

#[test]
fn literals_side_by_side_are_one() {
    for (text, value) in [
        ("password = 'kvp·zu' 'sd0·w'", "kvpzusd0w"),
        ("password = ('kvp·zu'  # one\n    'sd0·w')", "kvpzusd0w"),
        ("password = 'kvp·zu' + \"sd0·w\"", "kvpzusd0w"),
        ("password = ('kvp·zu'\n    f'sd0·w')", "kvpzusd0w"),
        ("password = b'kvp·zu' rb'sd0·w'", "kvpzusd0w"),
        ("password = 'kvp·zusd0' + suffix", "kvpzusd0"),
    ] {
        assert_eq!(values(text), [value.replace('·', "")], "{text}");
    }
    for text in
        ["password = ('chan' 'geme')", "password = 'kvp·zu' f'{x}'", "password = 'kvp·zu' 'sd0w' f'{x}'", "password = V * 2"]
    {
        assert_eq!(values(text), [""; 0], "{text}");
    }
}

#[test]
fn calls_hand_on_their_argument_or_have_a_default() {
    for text in [
        "password = SecretStr(\n    V\n)",
        "password: SecretStr = Field(default=SecretStr(V))",
        "password: str = Field(\n    ...,\n    description='x',\n    default=V,\n)",
        "password: str = field(default_factory=lambda: V)",
        "password = attr.ib(type=str, default=V)",
        "def main(password: str = typer.Option(V, '--password')): pass",
        "password = quote_plus(V)",
        "password = generate_password_hash(V)",
        "password = hashlib.sha256(bV).hexdigest()",
        "password = os.environ.get(\n    'PW',\n    V,\n)",
        "password = conf.get('section', 'pw', fallback=V)",
        "password = config('PW', cast=str, default=V)",
        "password = getattr(settings, 'PW', V)",
        "password = click.prompt('Password', default=V)",
        "password = f(-1, default=V)",
    ] {
        assert_eq!(values(text), ["kvpzusd0"], "{text}");
    }
    for text in [
        "password = lookup(V)",
        "password = await get(V)",
        "password = requests.get(url, V).json()",
        "password = load(path=V)",
        "password = f(fallback=(env_fallback, [V]))",
        "password = x == V",
        "password = x === V",
        "password = x !== 'a' || x === V;",
        "password = V in names",
        "password = names[V]",
        "password = not V",
        "password = [x for x in y if f(V)]",
        "password = {'type': V}",
        "schema = {'password': {'type': V}}",
        "for password in [V]: pass",
    ] {
        assert_eq!(values(text), [""; 0], "{text}");
    }
}

#[test]
fn a_value_stands_beside_the_text_that_names_it() {
    for text in [
        "config.set('db', 'password', V)",
        "config.set(\n    'db',\n    'password',\n    V,\n)",
        "x = config.get('db', 'password', fallback=V)",
        "setattr(x, 'password', V)",
        "setattr(get(1, \"a)\"), 'password', V)",
        "object.__setattr__(self, 'password', V)",
        "monkeypatch.setitem(os.environ, 'DB_PASSWORD', V)",
        "x = os.environ.get(\n    'DB_PASSWORD',\n    V,\n)",
        "os.environ.setdefault(\n    'DB_PASSWORD', V\n)",
        "x = getattr(\n    settings,\n    'DB_PASSWORD',\n    V,\n)",
        "parser.add_argument('-p', '--password', type=str, help='the (main) one', default=V)",
        "parser.add_argument(\n    '--password',\n    default=V,\n)",
        "parser.add_argument('-p', dest='password', default=V)",
        "@click.option('-p', '--password', prompt=True, default=V)",
        "flags.DEFINE_string('password', V, 'the password')",
        "driver.find_element(By.NAME, 'password').send_keys(V)",
        "page.fill('#password', V)",
        "os.environ['DB_PASSWORD'] = x or V",
        "conf[\n    'password'\n] = V",
        "password = options.get('password') or V",
    ] {
        assert_eq!(values(text), ["kvpzusd0"], "{text}");
    }
    for text in [
        "parser.add_argument('--x', help='The API token', default=V)",
        "parser.add_argument('--password', help=V)",
        "f('db', 'password', V)",
        "f(['password', V])",
        "set_fields(\n    'password',\n    V,\n)",
        "driver.find_element(By.NAME, 'password').click(V)",
    ] {
        assert_eq!(values(text), [""; 0], "{text}");
    }
}

#[test]
fn what_a_name_is_compared_with_is_its_value() {
    for text in [
        "if password == V: pass",
        "if V == password: pass",
        "if V != password: pass",
        "if password in (V, 'x'): pass",
        "if request.form.get('password') == V: pass",
        "if hmac.compare_digest(password, V): pass",
        "match password:\n    case V | 'x':\n        pass\n",
        "match password:\n    case None:\n        pass\n    case V:\n        pass\n",
        "match d:\n    case {'password': V}:\n        pass\n",
    ] {
        assert_eq!(values(text), ["kvpzusd0"], "{text}");
    }
    for text in ["match password:\n    case 'x':\n        f(V)\n", "if name == V and password: pass", "x = V; y == password"] {
        assert_eq!(values(text), [""; 0], "{text}");
    }
}

#[test]
fn several_values_have_a_name_for_several() {
    for text in [
        "passwords = [V, 'x']",
        "passwords = {V, 'x'}",
        "passwords = ('x', V)",
        "passwords = {'ada': V}",
        "passwords = {\n    'ada': 'x',\n    'bob': V,\n}",
        "d = {'passwords': {'ada': V}}",
    ] {
        assert_eq!(values(text), ["kvpzusd0"], "{text}");
    }
    assert_eq!(values("passwords = [('ada', V)]"), [""; 0]);
    assert_eq!(values("password = {'ada': V}"), [""; 0]);
    assert_eq!(values("user_pass = {'ada': V}"), [""; 0]);
}

#[test]
fn a_function_that_only_returns_a_literal_is_named_like_a_value() {
    for text in [
        "def get_password():\n    return V",
        "@property\ndef password(self) -> str:\n    \"\"\"What it is.\"\"\"\n    return V",
        "async def password(self, a=(1, 2)): return V",
    ] {
        assert_eq!(values(text), ["kvpzusd0"], "{text}");
    }
    for text in ["def get_password():\n    x = 1\n    return V", "get_password(a)\nreturn V"] {
        assert_eq!(values(text), [""; 0], "{text}");
    }
}

#[test]
fn a_login_may_span_lines() {
    assert_eq!(values("requests.get(\n    url,\n    auth=(\n        'ada',\n        V,\n    ),\n)"), ["kvpzusd0"]);
}

#[test]
fn a_script_is_python_by_its_first_line() {
    let script = "#!/usr/bin/env python3\npassword = None if x else V\npassword = kvp.zusd0\n";
    assert_eq!(values_in("bin/run", script), ["kvpzusd0"]);
}

#[test]
fn no_form_is_given_what_stands_for_a_value() {
    let forms = [
        "password = V if debug else None",
        "password = None if debug else V",
        "user, password = 'ada', V",
        "password: 'str' = V",
        "config.set('db', 'password', V)",
        "setattr(x, 'password', V)",
        "password = x or V",
        "password = os.environ.get(\n    'PW',\n    V)",
        "parser.add_argument('-p', '--password', default=V)",
        "password = SecretStr(\n    V\n)",
        "password: str = Field(..., default=V)",
        "match password:\n    case V: pass",
        "def get_password():\n    return V",
        "passwords = {'ada': V}",
        "if V == password: pass",
    ];
    for form in forms {
        for value in [
            "",
            "changeme",
            "password",
            "{{ password }}",
            "${DB_PASSWORD}",
            "<password>",
            "********",
            "your-password-here",
            "Enter the password",
            "https://example.org/x",
            "always",
            "x",
        ] {
            let text = form.replace('V', &format!("\"{value}\""));
            assert_eq!(values(&text), [""; 0], "{text}");
        }
    }
}
