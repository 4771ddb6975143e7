//! What is read, what is refused, and how the refusal reads.

use proptest::prelude::*;

use super::*;
use crate::rule::{Confidence, Matcher, Severity};

pub(super) static PASSWORD: Rule = rule("generic-password", &["Secret Keyword", "B105"]);
pub(super) static AWS: Rule = rule("aws-access-key", &["AWS Access Key"]);
pub(super) static RULES: [&Rule; 2] = [&PASSWORD, &AWS];

const fn rule(id: &'static str, aliases: &'static [&'static str]) -> Rule {
    Rule {
        id,
        aliases,
        hook: HookName::Secrets,
        summary: "",
        severity: Severity::High,
        confidence: Confidence::Medium,
        cwe: None,
        since: Some("0.1.0"),
        references: &[],
        manual: "",
        file: "",
        matcher: Matcher::Code,
    }
}

pub(super) fn refused(text: &str) -> String {
    Config::parse("gatewright.toml", text, &RULES).expect_err(text).to_string()
}

pub(super) fn read(text: &str) -> Config {
    Config::parse("gatewright.toml", text, &RULES).expect(text)
}

#[test]
fn every_key_is_read() {
    let config = read(
        &r#"
exclude = ["vendor/", "*.min.js"]
max-file-size = "2MiB"

[[per-path]]
path = "tests/"
ignore = ["b105"]
reason = "fixtures"

[[accept-unread]]
path = ["big/*.sql"]

[secrets]
profile = "strict"
baseline = "ci/.secrets.baseline"
companion = "ci/gatewright.jsonl"
min-confidence = "high"
rules.disable = ["aws-access-key"]
rules.enable = ["Secret Keyword"]
names = { add = ["kennung"], remove = ["csrf_token"] }
exclude = "docs/"
pragmas = ["gatewright", "detect-secrets"]
pragma-needs-reason = true
fail-on-unaudited = false
fail-on-real = true
label-needs = ["reason", "owner", "until"]
decode-depth = 5
max-file-size = 1000

[[secrets.allow]]
path = "a.py"
rule = "generic-password"
value-sha256 = "9F·08"
reason = "the word in the manual"
until = 2027-01-31
"#
        .replace('·', &"1".repeat(60)),
    );
    let path = |text: &str| RepoPath::new(text);
    assert!(config.excludes(HookName::Secrets, &path("vendor/x.py")) && config.excludes(HookName::Secrets, &path("docs/x")));
    assert!(!config.excludes(HookName::Secrets, &path("app/x.py")));
    assert_eq!((config.max_file_size(HookName::Secrets), config.max_file_size.0), (1000, 2 << 20));
    assert!(config.accept_unread(&path("big/dump.sql")).is_some() && config.accept_unread(&path("big/a/dump.sql")).is_none());
    let secrets = &config.secrets;
    assert_eq!((secrets.profile, secrets.min_confidence()), (Profile::Strict, Confidence::High));
    assert!(!secrets.fails_on_unaudited() && secrets.fail_on_real && secrets.pragma_needs_reason);
    assert_eq!(secrets.dialects(), [Dialect::Gatewright, Dialect::DetectSecrets]);
    assert_eq!(secrets.decode_depth, 5);
    let allow = secrets.allow.first().expect("one entry");
    assert_eq!(config.line_of(allow), 30);
    assert_eq!(allow.get_ref().until, "2027-01-31".parse().ok());
    assert_eq!(allow.get_ref().value_sha256.map(|hash| (hash.0[0], hash.0[30], hash.0[31])), Some((0x9f, 0x11, 0x08)));
    assert!(names_rule(&config.per_path.first().expect("one entry").get_ref().ignore, &PASSWORD));
}

#[test]
fn the_profile_decides_what_no_key_says() {
    let secrets = |text: &str| read(&format!("[secrets]\n{text}")).secrets;
    assert_eq!(secrets("").min_confidence(), Confidence::Medium);
    assert_eq!(secrets("").dialects(), Dialect::ALL);
    let strict = secrets("profile = 'strict'");
    assert!(strict.min_confidence() == Confidence::Low && strict.fails_on_unaudited());
    assert_eq!(secrets("profile = 'compat'").dialects(), [Dialect::DetectSecrets]);
    assert_eq!(secrets("pragmas = []").dialects(), []);
}

#[test]
fn a_pyproject_without_our_table_means_the_defaults() {
    let parse = |text: &str| Config::parse("sub/pyproject.toml", text, &RULES);
    let config = parse("\u{feff}[project]\nname = 'x'\n[tool.ruff]\nexlude = 1\n").expect("valid");
    assert!(config.exclude.is_empty() && config.max_file_size.0 == 50_000_000);
    let config = parse("[tool.gatewright]\nexclude = ['a']\n").expect("valid");
    assert_eq!(config.exclude.patterns(), ["a"]);
    assert_eq!(config.file(), Some("sub/pyproject.toml"));
    assert_eq!(parse("[project]\n").expect("valid").file(), None);
}

#[test]
fn a_misspelt_table_of_pyproject_does_not_pass_for_none() {
    for (table, place) in [
        ("[tool.gatewrigth.secrets]", "1:7"),
        ("[tool.gate-wright]", "1:7"),
        ("tool.Gatewright = {}", "1:6"),
        ("[tool.gatewright-secrets]", "1:7"),
        ("[tool.gatewright]\n[tool.gatewright_secrets]", "2:7"),
        ("[gatewright.secrets]", "1:2"),
        ("[\"tool.gatewright\"]", "1:2"),
        ("[tools.gatewright]", "1:8"),
    ] {
        let error = Config::parse("pyproject.toml", table, &RULES).expect_err(table).to_string();
        assert!(error.starts_with(&format!("pyproject.toml:{place}: unknown table `[")), "{error}");
        assert!(error.contains("did you mean `[tool.gatewright]`?"), "{error}");
    }
    // Other projects have names, too.
    assert!(
        Config::parse("pyproject.toml", "[tool.playwright]\n[tool.cartwright]\n[project]\nname = 'gatewright'", &RULES).is_ok()
    );
    for text in ["tool = 3", "[tool]\ngatewright = []", "[[tool.gatewright]]\nexclude = ['a']"] {
        let error = Config::parse("pyproject.toml", text, &RULES).expect_err(text).message;
        assert!(error.starts_with("expected a table, found a "), "{error}");
    }
    let error = Config::parse("pyproject.toml", "[tool.gatewright]\nprofile = 'strict'", &RULES).expect_err("a key of the hook");
    assert!(error.message.ends_with("in [tool.gatewright]; it belongs in [tool.gatewright.secrets]"), "{error}");
}

#[test]
fn an_unknown_key_is_shown_with_the_one_that_was_meant() {
    let error = Config::parse("pyproject.toml", "[tool.gatewright]\n  exlude = [\"tests/\"] # all of them\n", &RULES)
        .expect_err("a typo");
    let expected = "pyproject.toml:2:3: unknown key `exlude` in [tool.gatewright]; did you mean `exclude`?\n  \
                    |\n2 |   exlude = [\"…\"]\n  |   ^^^^^^";
    assert_eq!(error.to_string(), expected);
    assert_eq!(error.help(), "keys in [tool.gatewright]: exclude, max-file-size, per-path, accept-unread, cache, secrets");
}

#[test]
fn errors_name_place_and_remedy() {
    for (text, expected) in [
        ("[secrets]\nprofil = 'strict'", "2:1: unknown key `profil` in [secrets]; did you mean `profile`?"),
        ("profile = 'strict'", "1:1: unknown key `profile` at the top level; it belongs in [secrets]"),
        ("[secrets]\nper-path = []", "2:1: unknown key `per-path` in [secrets]; it belongs at the top level"),
        ("max_file_size = 1", "1:1: unknown key `max_file_size` at the top level; did you mean `max-file-size`?"),
        ("[tool.gatewright]", "1:2: unknown key `tool` at the top level; in this file the keys stand at the top level, without"),
        ("zzz = 1", "1:1: unknown key `zzz` at the top level"),
        ("[[per-path]]\npaths = ['a']", "2:1: unknown key `paths` in [[per-path]]; did you mean `path`?"),
        ("per-path = [{ ignore = ['B105'] }]", "1:13: missing key `path` in [[per-path]]"),
        (
            "per-path = [{ path = 'a' }]",
            "1:13: the entry does nothing; give it `ignore` or `select` with the ids of rules, or `unused-comments`",
        ),
        ("[secrets]\nallow = [{ reason = 'x' }]", "2:10: the entry would forgive everything"),
        ("[secrets]\nprofile = 'defualt'", "2:11: unknown value `defualt`; did you mean `default`?"),
        ("[secrets]\npragmas = ['gitleaks', 'gitlab']", "2:24: unknown value `gitlab`"),
        (
            "[secrets]\nrules.disable = ['generic-pasword']",
            "2:18: unknown rule `generic-pasword`; did you mean `generic-password`?",
        ),
        ("[secrets]\nrules.disable = ['B015']", "2:18: unknown rule `B015`; did you mean `generic-password`?"),
        ("[secrets]\nrules = { disable = ['b105'], enable = ['B105'] }", "2:41: rule `B105` is in `disable` and in `enable`"),
        ("exclude = ['a', 'b[']", "1:17: malformed glob `b[`"),
        ("exclude = 3", "1:11: expected a glob or a list of globs, like `[\"tests/**\"]`, found a number"),
        ("exclude = ['a', 3]", "1:17: expected a glob, found a number"),
        ("secrets = 'strict'", "1:11: expected a table, found a string"),
        ("secrets = ['compat']", "1:11: expected a table, found a list"),
        ("[[secrets]]\nprofile = 'compat'", "1:1: expected a table, found a list"),
        ("[secrets]\nrules = [['B105']]", "2:9: expected a table, found a list"),
        ("per-path = [['a', ['B105'], [], 'why']]", "1:13: expected a table, found a list"),
        ("accept-unread = [['a', 'why']]", "1:18: expected a table, found a list"),
        ("[secrets]\nallow = [['a', 'B105', '', '', '']]", "2:10: expected a table, found a list"),
        ("[secrets]\nprofile = 3", "2:11: expected a string, found a number"),
        ("[secrets]\nmin-confidence = true", "2:18: expected a string, found `true` or `false`"),
        ("[secrets]\nlabel-needs = ['reason', ['owner']]", "2:26: expected a string, found a list"),
        ("[secrets]\npragmas = 'gitleaks'", "2:11: expected a list, found a string"),
        ("[secrets]\ndecode-depth = '3'", "2:16: expected a number, found a string"),
        ("[secrets]\nnames.add = ['kennung', 'the pin']", "2:25: a name is made of letters"),
        ("[secrets]\nnames.remove = ['--']", "2:17: a name is made of letters"),
        ("[secrets]\nnames.add = ['user-id']", "2:14: the last word of a name to look for has three letters"),
        ("[secrets.names]\nadd = ['pin-code']\nremove = ['PIN-code']", "3:11: name `PIN-code` is in `add` and in `remove`"),
        ("[secrets]\nbaseline = '.'", "2:12: expected the path of a file"),
        ("[secrets]\nbaseline = '/tmp/known'", "2:12: the path leads out of the repository"),
        ("[secrets]\ncompanion = 'ci/../../known'", "2:13: the path leads out of the repository"),
        ("[secrets]\nenv-example = '../.bashrc'", "2:15: the path leads out of the repository"),
        ("[secrets]\nenv-example = ''", "2:15: expected the path of a file"),
        ("[[secrets.allow]]\npath = 'a'\nreason = 2027-01-31", "3:10: expected a string, found a date"),
        ("max-file-size = '50 elephants'", "1:17: `50 elephants` is not a size"),
        ("max-file-size = -1", "1:17: expected a size in bytes"),
        ("[secrets]\ndecode-depth = 6", "2:16: `decode-depth` is a number from 0 to 5, not 6"),
        ("[secrets]\nmin-confidence = 'hgih'", "2:18: unknown value `hgih`; did you mean `high`?"),
        (
            "[secrets]\nallow = [{ path = 'a', until = '31.1.2027' }]",
            "2:32: `31.1.2027` is not a date; expected year, month and day",
        ),
        ("[secrets]\nallow = [{ path = 'a', until = 2027-02-30 }]", "2:"),
        ("[secrets]\nallow = [{ path = 'a', until = 2027-01-31T00:00:00Z }]", "2:32: `2027-01-31T00:00:00Z` is not a date"),
        ("[secrets\nprofile = 'x'", "1:9: not TOML: "),
        ("exclude = []\nexclude = []", "2:1: not TOML: duplicate key"),
    ] {
        let error = refused(text);
        let first = error.lines().next().unwrap_or_default();
        assert!(first.starts_with(&format!("gatewright.toml:{expected}")), "{text}\n{error}");
        assert!(error.lines().nth(3).is_some_and(|line| line.contains('^')), "{error}");
    }
}

#[test]
fn the_caret_stands_under_the_fault() {
    let error = refused("secrets = { rules = { disable = ['B105', '密码-ü', 'x'] } }");
    let lines: Vec<&str> = error.lines().collect();
    assert_eq!(
        lines.get(2..),
        Some(
            &[
                "1 | secrets = { rules = { disable = ['…', '密码-ü', '…'] } }",
                "  |                                       ^^^^^^^^"
            ][..]
        )
    );
}

#[test]
fn a_long_line_is_shown_around_its_fault() {
    let long = format!("exclude = [{}3, {}]", "'a', ".repeat(500), "'b', ".repeat(500));
    let error = refused(&long);
    assert!(error.lines().all(|line| line.chars().count() < 140), "{error}");
    let (shown, caret) = (error.lines().nth(2).unwrap_or_default(), error.lines().nth(3).unwrap_or_default());
    assert_eq!(caret.find('^').and_then(|at| shown.chars().nth(at)), Some('3'), "{error}");
}

#[test]
fn a_secret_in_the_wrong_place_is_not_repeated() {
    let secret = "hunter2·Zx9".replace('·', "");
    for text in [
        "[secrets]\nallow = [{ value = 'S', pth = 'S', 'path' = 'S' }]",
        "[secrets]\nallow = [{ path = 'a', value-sha256 = 'S' }]",
        "[secrets]\nallow = 'S'",
        "[secrets]\nallow = ['S']",
        "[secrets]\ndecode-depth = 'S'",
        "[secrets]\nexlude = \"\"\"S\n\"\"\"",
        "[secrets]\nprofil = 'x' # S",
        "profil = S",
        "profil = 'S",
        "profil = \"S\\q\"",
        "a = { profil = \"S\" \"S\" }",
    ] {
        let error = Config::parse("gatewright.toml", &text.replace('S', &secret), &RULES).expect_err(text);
        for shown in [error.to_string(), format!("{error:?}"), error.help().to_owned()] {
            assert!(!shown.contains(&secret), "{shown}");
        }
    }
}

/// A bare key has no quotes to be hidden in.
#[test]
fn a_token_for_a_key_is_cut_where_it_is_named_and_where_it_is_drawn() {
    let token = "gh·p_7fK2mQ9vX4pL8sR1tW6yB3nD5hJ0cZgA2eU7".replace('·', "");
    let error = Config::parse("gatewright.toml", &format!("{token} = 1"), &RULES).expect_err("no such key");
    let shown = error.to_string();
    assert!(shown.contains("ghp_7fK… = 1") && !shown.contains(&token[..8]), "{shown}");
}

#[test]
fn one_configuration_serves_all_threads() {
    fn is_shared<T: Send + Sync>(_: &T) -> bool {
        true
    }
    let config = read("exclude = ['vendor/']");
    assert!(is_shared(&config));
    let path = RepoPath::new("vendor/a.py");
    let answers =
        [(); 4].map(|()| std::thread::scope(|scope| scope.spawn(|| config.excludes(HookName::Secrets, &path)).join().ok()));
    assert_eq!(answers, [Some(true); 4]);
}

#[test]
fn deep_nesting_is_an_error_and_no_overflow() {
    for text in
        ["a = ".to_owned() + &"[".repeat(100_000), format!("[{}a]", "a.".repeat(100_000)), "{".repeat(9) + &"a={".repeat(50_000)]
    {
        assert!(refused(&text).len() < 2000);
    }
}

proptest! {
    #[test]
    fn parsing_is_total_and_errors_are_short(text in "(\\[(secrets|per-path|tool)\\]\n|(exclude|profile|allow|per-path|\\PC{0,4}) ?= ?|['\"\\[\\]{},\n#]|\\PC{0,9}|\u{1b}|\t){0,12}") {
        for name in ["gatewright.toml", "pyproject.toml"] {
            if let Err(error) = Config::parse(name, &text, &RULES) {
                let shown = error.to_string();
                prop_assert!(shown.chars().count() < 1200, "{}", shown);
                prop_assert!(shown.lines().count() == 4, "{}", shown);
                prop_assert!(!shown.chars().any(|c| c != '\n' && crate::source::is_unprintable(c)), "{:?}", shown);
                prop_assert!(error.line as usize <= text.matches('\n').count() + 1);
                prop_assert!(!error.help().is_empty());
            }
        }
    }
}
