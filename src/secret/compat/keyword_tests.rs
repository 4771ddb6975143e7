//! The keyword plugin on the forms that detect-secrets tells apart.

use super::*;

fn values(extension: &str, line: &str) -> Vec<String> {
    let mut out = Vec::new();
    find(line, shapes(extension.as_bytes()), &mut |value| out.push(line[value].to_owned()));
    out.dedup();
    out
}

#[test]
fn each_shape_and_quirk() {
    #[rustfmt::skip]
    let cases: &[(&str, &str, &[&str])] = &[
        (".go", r#"password := "ab""#, &["ab"]),
        (".go", "password := ab", &["ab"]),
        (".go", "password: ab", &[]),
        (".yml", "password: ab # note", &["ab # note"]),
        (".yml", "password : ab", &[]),
        (".yml", "api-key: ab", &[]),
        (".yml", "api.key: ab", &[]),
        (".yml", "apikey: ab", &["ab"]),
        (".yml", "my_api_key_2: ab", &["ab"]),
        (".yml", "token: ab", &[]),
        (".yml", "password: ab,`", &["ab"]),
        (".yml", "password: it's", &["it"]),
        (".yml", "password: -ab", &[]),
        (".yml", "password: \"$ab\"", &[]),
        (".yml", "password]]: ab", &["ab"]),
        (".yml", "password]]]: ab", &[]),
        (".yml", "password: a\u{b}b", &["a"]),
        (".py", "password: ab", &[]),
        (".py", r#""password": "ab""#, &["ab"]),
        (".py", r#"PASSWORD: str = "x""#, &[]),
        (".py", r#"password = b"x""#, &[]),
        (".py", r#"password = "ab,""#, &[]),
        (".py", r#"password = "a'b""#, &[]),
        (".py", "password = 'a`b'", &["a`b"]),
        (".py", "password = `a`b`", &["a`b"]),
        (".py", "password = `a``", &["a"]),
        (".py", r#"passwords["x"] = "ab""#, &[]),
        (".py", r#"x["password"] = "ab""#, &["ab"]),
        (".py", r#"password === "ab""#, &["ab"]),
        (".py", r#"password ==== "ab""#, &[]),
        (".py", r#"password !== "ab""#, &["ab"]),
        (".py", r#"password => "ab""#, &["ab"]),
        (".py", r#"if "ab" == my_password_2:"#, &["ab"]),
        (".py", r#"if "ab" !== PASSWORD:"#, &[]),
        (".py", r#"if "ab" = password:"#, &[]),
        (".py", r#"private_key "ab";"#, &["ab"]),
        (".py", r#"private_key->set("ab");"#, &[]),
        (".py", r#"define('DB_PASS', "ab";"#, &["ab"]),
        (".c", r#"char password[25] = "ab";"#, &["ab"]),
        (".c", r#"password = @"ab""#, &["ab"]),
        (".c", "password = 'ab'", &[]),
        (".c", r#"password === "ab""#, &[]),
        (".cpp", r#"std::string secret("ab");"#, &["ab"]),
        (".cpp", r#"secret.assign("ab",17);"#, &["ab"]),
        (".cpp", r#"SECRET("ab");"#, &[]),
        (".toml", "CONTRASEÑA = ab", &["ab"]),
        (".toml", "pa\u{17f}sword = ab", &["ab"]),
        (".toml", "AP\u{131}_\u{212a}EY = ab", &["ab"]),
        (".toml", "secret = é", &["é"]),
    ];
    for (extension, line, expected) in cases {
        assert_eq!(values(extension, line), *expected, "{extension} {line}");
    }
}

#[test]
fn named_types_are_never_read_as_a_headless_ini() {
    for (extension, named) in
        [("", false), (".txt", false), (".env", false), (".php", true), (".go", true), (".cpp", true), (".ini", true)]
    {
        assert_eq!(is_named_type(extension.as_bytes()), named, "{extension}");
    }
}

#[test]
fn long_lines_take_linear_time() {
    for unit in ["password", "pwd`a`", "pwd=`a", "secret:\"", "'a`pwd", "pwd =  "] {
        let line = unit.repeat(20_000);
        for extension in [".py", ".yml", ".go", ".c", ".cpp"] {
            values(extension, &line);
        }
    }
}
