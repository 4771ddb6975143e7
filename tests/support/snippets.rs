//! Files made of pieces that the compat profile must tell apart: names, operators, quotes, values, pragmas, INI and YAML structure.
//! Promises the same files for the same seed, and no value that looks live: they are put together at run time.
//! Judges nothing; `detect_secrets/` compares what two scanners say of them.

use std::fmt::Write as _;
use std::ops::Range;

/// A small generator of numbers (xorshift64*): good enough to choose pieces, the same on every machine.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(high).unwrap_or(0) % n
    }

    fn pick<'p>(&mut self, pieces: &[&'p str]) -> &'p str {
        pieces.get(self.below(pieces.len())).copied().unwrap_or_default()
    }

    fn run(&mut self, alphabet: &str, length: usize) -> String {
        let letters: Vec<char> = alphabet.chars().collect();
        (0..length).filter_map(|_| letters.get(self.below(letters.len()))).collect()
    }

    /// A run of one of these lengths.
    fn run_of(&mut self, alphabet: &str, lengths: Range<usize>) -> String {
        let length = lengths.start + self.below(lengths.len());
        self.run(alphabet, length)
    }
}

const EXTENSIONS: &[&str] = &[
    ".py", ".js", ".go", ".c", ".cpp", ".cs", ".yaml", ".yml", ".eyaml", ".ini", ".cfg", ".toml", ".txt", ".env", "", ".php",
    ".example", ".md", ".json",
];

#[rustfmt::skip]
const NAMES: &[&str] = &[
    "password", "PASSWORD", "pass_word", "my_password_2", "passwd", "pwd", "secret", "SecretKey", "api_key", "apikey", "api-key", "db_pass", "keypass", "auth_key",
    "contraseña", "CONTRASEÑA", "pa\u{17f}sword", "AP\u{131}_\u{212a}EY", "private_key", "token", "key", "aws_key", "cloudant_key", "cl-api-password", "ibm_cos_secret_key",
    "secret_access_key", "sl_api_key", "softlayer-token", "cloud-iam-token", "pw", "user_id", "id", "ids", "xid", "x", "client_key[3]", "passwords['x']", "secret.assign", "self.secret",
];
#[rustfmt::skip]
const OPERATORS: &[&str] = &[
    "=", " = ", ": ", ":", " := ", ":=", " => ", "=>", " == ", "==", "!=", " !== ", " === ", "====", " ", "  ", "(", " : str = ", "::", " -> ", "\" = ", "']: ", "\"] = ", ".set(", "=@", "\u{a0}=\u{2003}", "\t=\t",
];
const QUOTES: &[&str] = &["'", "\"", "`", "", "", "'", "\"", "\"\"\"", "b'"];
const TAILS: &[&str] = &[
    "",
    "",
    "",
    ";",
    ",",
    ")",
    " # note",
    "  // x",
    "]",
    " ",
    "\t",
    " == password",
    " != my_secret_x",
    "`,",
    " ;",
    "\u{85}",
    " \u{1c}",
];
#[rustfmt::skip]
const COMMENTS: &[&str] = &[
    "# pragma: allowlist secret", "// pragma: whitelist secret", "/* pragma: allowlist-secret */", "# pragma:allowlist secret x", "<!-- pragma: allowlist secret -->",
    "# pragma: allowlist nextline secret", "; pragma: allowlist nextline secret", "' pragma: allowlist secret", "-- pragma: allowlist secret", "#pragma: allowlist nextline-secret", "# pragma:  allowlist secret", "# comment", "; comment",
];
#[rustfmt::skip]
const WORDS: &[&str] = &[
    "hunter2", "changeme", "abcdef", "12345678", "${VAR}", "$VAR", "<x>", "{x}", "{{ x }}", "f(x)", "a.b[0]", "é1", "x,y", "-x", "%(x)s", "100%", "%%", "***", "a b c", "it", "a`b", "yes", "null", "1:30", "0x1f", "2020-01-02",
    "https://user:pa55@host/x", "ftp://u:p%41@h", "deadbeef-0000-1111-2222-0123456789ab", "1.2.3.4", "\u{b}x", "[a", "{a: b}", "a\\\"b", "A1", "\u{1f600}z",
];

const BASE62: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// A value: a word, a random string, or a token of a known format.
fn value(dice: &mut Dice) -> String {
    let lower = "abcdefghijklmnopqrstuvwxyz0123456789";
    let word = "ABCDEFabcdef0123456789_-";
    match dice.below(34) {
        0..=9 => dice.pick(WORDS).to_owned(),
        10 => dice.run("0123456789abcdef", 32),
        11 => dice.run("0123456789", 24),
        12 => dice.run(BASE62, 40),
        13 => dice.run(&format!("{BASE62}+/"), 44) + "=",
        14 => format!("AK{}{}", "IA", dice.run("ABCDEFGH0123", 16)),
        15 => format!("gh{}_{}", dice.pick(&["p", "o", "u", "s", "r", "x"]), dice.run(BASE62, 36)),
        16 => {
            format!("gl{}-{}", dice.pick(&["pat", "dt", "cbt", "cbt-ab_", "rt", "soat", "imt", "ptt"]), dice.run_of(word, 18..54))
        }
        17 => format!("AC{}", dice.run(lower, 32)),
        18 => format!("SK{}", dice.run_of(lower, 30..36)),
        19 => format!("xox{}-{}-{}", dice.pick(&["b", "P", "z"]), dice.run("12", 8), dice.run(lower, 12)),
        20 => format!("sk_{}_{}", "live", dice.run(BASE62, 24)),
        21 => format!(
            "-----BEGIN {}PRIVATE KEY{}-----",
            dice.pick(&["RSA ", "EC ", "", "ENCRYPTED ", "PGP "]),
            dice.pick(&["", " BLOCK"])
        ),
        22 => format!("ey{}.ey{}.{}", "JhIjoxfQ", dice.pick(&["JiIjoyfQ", "JiIjoyf", "x"]), dice.run(word, 6)),
        23 => format!("{}AK{}{}", dice.pick(&["", " ", "\"", "x"]), "C", dice.run_of(BASE62, 8..16)),
        24 => format!("AP{}{}", dice.pick(&["A", "3", "G", "\u{663}"]), dice.run(BASE62, 10)),
        25 => dice.run(word, 44),
        26 => dice.run("0123456789abcdef", 64),
        27 => dice.run(lower, 64),
        28 => dice.run("abcdefghijklmnopqrstuvwxyz\u{131}\u{212a}", 24),
        29 => format!("{}:{}", dice.run_of("0123456789", 7..12), dice.run(word, 35)),
        30 => {
            format!("{}{}.{}.{}", dice.pick(&["M", "N", "P"]), dice.run_of(word, 22..28), dice.run(word, 6), dice.run(word, 27))
        }
        31 => format!("{}-us{}", dice.run(lower, 32), dice.run_of("0123456789", 1..4)),
        32 => format!(
            "//r/:_auth{}={}",
            "Token",
            dice.pick(&["npm_x y", "01234567-89ab-cdef-0123-456789abcdef", " abcdefab-89ab-cdef-0123-45678-abcdef"])
        ),
        _ => format!("SG{}{}.{}", ".", dice.run(word, 22), dice.run(word, 43)),
    }
}

fn line(dice: &mut Dice) -> String {
    let mut out = String::new();
    for _ in 0..dice.below(3) {
        out.push_str(dice.pick(&["  ", "\t", "if ", "x = ", "{", "\"", "'", "- ", "--", "self.", "(", "`"]));
    }
    match dice.below(12) {
        0 => out.push_str(dice.pick(COMMENTS)),
        1 => {
            let quote = dice.pick(QUOTES);
            let _ = write!(out, "{quote}{}{quote}{}{}", value(dice), dice.pick(OPERATORS), dice.pick(NAMES));
        }
        2 => {
            for _ in 0..dice.below(9) {
                let piece = match dice.below(6) {
                    0 => value(dice),
                    1 => dice.pick(NAMES).to_owned(),
                    2 => dice.pick(OPERATORS).to_owned(),
                    3 => dice.pick(QUOTES).to_owned(),
                    4 => dice.pick(TAILS).to_owned(),
                    _ => dice.pick(WORDS).to_owned(),
                };
                out.push_str(&piece);
            }
        }
        _ => {
            let quote = dice.pick(QUOTES);
            let close = if dice.below(8) == 0 { dice.pick(QUOTES) } else { quote };
            let _ = write!(out, "{}{}{quote}{}{close}", dice.pick(NAMES), dice.pick(OPERATORS), value(dice));
        }
    }
    out.push_str(dice.pick(TAILS));
    if dice.below(6) == 0 {
        out.push_str("  ");
        out.push_str(dice.pick(COMMENTS));
    }
    out
}

fn ini(dice: &mut Dice) -> String {
    let mut out = String::new();
    if dice.below(4) > 0 {
        out.push_str(dice.pick(&["[a]\n", "# c\n[a]\n", "[DEFAULT]\nd = 1\n[a]\n", "\n[a] x\n", "[a]]\n", "[DEFAULT]\n[b]\n"]));
    }
    for n in 0..dice.below(12) {
        match dice.below(12) {
            0 => out.push_str(dice.pick(COMMENTS)),
            1 => out.push_str(dice.pick(&["", " ", "  more", "\tmore = x", "    # inner"])),
            2 => {
                let _ = write!(out, "[s{n}]");
            }
            3 => {
                let _ = write!(out, "  {}", value(dice));
            }
            _ => {
                let name = dice.pick(&["password", "secret", "api_key", "x", "name with blanks", "a.b", "key (x)"]);
                let operator = dice.pick(&["=", " = ", ": ", " : ", "==", "\t= ", " ="]);
                let quote = dice.pick(&["", "", "'", "\""]);
                let _ = write!(out, "{name}{}{operator}{quote}{}{quote}", if dice.below(20) == 0 { 0 } else { n }, value(dice));
            }
        }
        out.push('\n');
    }
    out
}

fn yaml(dice: &mut Dice, indent: usize, depth: usize, out: &mut String) {
    let pad = " ".repeat(indent);
    for n in 0..=dice.below(5) {
        let key = format!("{}{n}", dice.pick(&["password", "secret", "x", "'q", "a b", "id", "apiKey", "\"w"]));
        let key = if key.starts_with('\'') {
            key + "'"
        } else if key.starts_with('"') {
            key + "\""
        } else {
            key
        };
        let comment = dice.pick(&["", "", "", " # note", "  #pragma: allowlist secret", " # pragma: allowlist secret", "\t# t"]);
        match dice.below(16) {
            0 if depth < 3 => {
                let _ = writeln!(out, "{pad}{key}:{comment}");
                yaml(dice, indent + 2, depth + 1, out);
            }
            1 if depth < 3 => {
                let _ = writeln!(out, "{pad}{key}:");
                for _ in 0..dice.below(3) {
                    let _ = writeln!(out, "{pad}- {}: {}", dice.pick(NAMES), value(dice));
                    let _ = writeln!(out, "{pad}  secret: {}", value(dice));
                }
            }
            2 => {
                let style = dice.pick(&["|", ">", "|-", ">+", "|2", ">-"]);
                let _ = writeln!(out, "{pad}{key}: {style}{comment}");
                for _ in 0..dice.below(4) {
                    let _ = writeln!(out, "{pad}  {}", value(dice));
                }
                out.push_str(dice.pick(&["", "", "\n", "\n\n"]));
            }
            3 => {
                let _ = writeln!(
                    out,
                    "{pad}{key}: {{a: {}, password: \"{}\", b: [c, {{secret: {}}}]}}{comment}",
                    dice.run(BASE62, 6),
                    dice.run(BASE62, 30),
                    dice.run(BASE62, 9)
                );
            }
            4 => {
                let _ = writeln!(
                    out,
                    "{pad}{key}: {{\n{pad}  secret: {},\n\n{pad}  password: '{}', x: y,\n{pad}  z: \"{}\"\n{pad}  }}",
                    dice.run(BASE62, 6),
                    dice.run(BASE62, 30),
                    dice.run(BASE62, 30)
                );
            }
            5 => {
                let _ = writeln!(
                    out,
                    "{pad}{key}: &a{} {}\n{pad}copy{n}: {}",
                    out.len(),
                    dice.run(BASE62, 9),
                    format_args!("*a{}", out.len())
                );
            }
            6 => {
                let name = format!("m{}", out.len());
                let _ = writeln!(
                    out,
                    "{pad}{key}: &{name}\n{pad}  secret: {}\n{pad}  pwd: yes\n{pad}copy{n}:\n{pad}  <<: *{name}\n{pad}  x: {}",
                    dice.run(BASE62, 9),
                    dice.pick(WORDS)
                );
            }
            7 => {
                let _ = writeln!(out, "{pad}{key}:\n{pad}  {}\n{pad}  {}{comment}", value(dice), value(dice));
            }
            8 => {
                let _ = writeln!(
                    out,
                    "{pad}{key}: {} {}",
                    dice.pick(&["!!str", "!!binary", "!!int", "!vault", "!", "!!null"]),
                    dice.pick(&["12", "aGVsbG8=", "x"])
                );
            }
            9 => {
                let _ = writeln!(out, "{pad}? {key}\n{pad}: {}", value(dice));
            }
            10 => out.push_str(dice.pick(&["\n", "# c\n", "# pragma: allowlist nextline secret\n", "---\n", "...\n", "\t\n"])),
            11 => {
                let _ = writeln!(out, "{pad}{key}: \"{} \\\n{pad}   {}\\x41\\n\"", dice.run(BASE62, 30), dice.run(BASE62, 9));
            }
            12 => {
                let _ = writeln!(out, "{pad}{key}: '{}\n\n{pad}  {}'", dice.run(BASE62, 9), dice.run(BASE62, 9));
            }
            _ => {
                let quote = dice.pick(&["", "", "'", "\""]);
                let _ = writeln!(out, "{pad}{key}: {quote}{}{quote}{comment}", value(dice));
            }
        }
    }
}

/// One file: its name and its text.
pub(crate) fn file(seed: u64) -> (String, String) {
    let mut dice = Dice::new(seed);
    let extension = dice.pick(EXTENSIONS);
    let mut text = String::new();
    match (dice.below(4), extension) {
        (0, _) | (1, ".ini" | ".cfg" | ".env" | ".txt" | "") => text = ini(&mut dice),
        (1 | 2, ".yaml" | ".yml" | ".eyaml") => yaml(&mut dice, 0, 0, &mut text),
        _ => {
            for _ in 0..=dice.below(14) {
                text.push_str(&line(&mut dice));
                text.push('\n');
            }
        }
    }
    match dice.below(12) {
        0 => text = text.replace('\n', "\r\n"),
        1 => text = text.trim_end().to_owned(),
        2 => text = text.replacen('\n', "\r", 2),
        _ => {}
    }
    (format!("f{seed}{extension}"), text)
}
