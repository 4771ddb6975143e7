//! Files with secrets of many kinds, each with the texts that nobody may ever print.
//! Promises other values for each seed, made at run time, so that no file of ours holds one; only one secret stands on a line.
//! Judges nothing.

use std::fmt::Write as _;

use data_encoding::{BASE64, HEXLOWER};

use crate::repository::token;

/// One secret in one file.
#[derive(Clone, Debug)]
pub(crate) struct Plant {
    pub(crate) file: &'static str,
    pub(crate) text: Vec<u8>,
    /// What must not be shown: the value without its public prefix, line by line, and the encoded forms in which the file holds it.
    pub(crate) hidden: Vec<String>,
}

impl Plant {
    fn new(file: &'static str, text: impl Into<Vec<u8>>, hidden: &[&str]) -> Self {
        let hidden = hidden.iter().flat_map(|text| text.lines()).map(str::to_owned).collect();
        Self { file, text: text.into(), hidden }
    }
}

/// Numbers that depend on the seed alone (xorshift64*).
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self((seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn below(&mut self, count: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        usize::try_from(self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33).unwrap() % count
    }

    fn text(&mut self, alphabet: &str, length: usize) -> String {
        (0..length).map(|_| char::from(alphabet.as_bytes()[self.below(alphabet.len())])).collect()
    }

    /// A password as a generator makes them: digits among letters.
    fn password(&mut self) -> String {
        (0..4).map(|_| self.text(LETTERS, 4) + &self.text("0123456789", 1)).collect()
    }

    fn token(&mut self) -> String {
        token(u32::try_from(self.below(1 << 30)).unwrap())
    }

    fn key(&mut self) -> String {
        let body: Vec<String> = (0..6).map(|line| self.text(BASE64_DIGITS, if line == 5 { 24 } else { 64 })).collect();
        format!("-----BEGIN RSA PRIVATE KEY-----\n{}\n-----END RSA PRIVATE KEY-----\n", body.join("\n"))
    }
}

const LETTERS: &str = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ";
const BASE32: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const BASE64_DIGITS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// All kinds, in the order of their files.
pub(crate) fn plants(seed: u64) -> Vec<Plant> {
    let dice = &mut Dice::new(seed);
    let mut plants = [
        named(dice),
        tokens(dice),
        keys(dice),
        logins(dice),
        encoded(dice),
        hostile(dice),
        notebooks(dice),
        halves(dice),
        archived(dice),
    ]
    .concat();
    plants.sort_by_key(|plant| plant.file);
    plants
}

fn named(dice: &mut Dice) -> Vec<Plant> {
    [
        ("settings.py", "DB_PASSWORD = \"{}\"\n"),
        ("settings.py", "client = Client(user='app', password='{}')\n"),
        ("deploy.env", "ADMIN_PASSWORD={}\n"),
        ("values.yaml", "database:\n  password: {}\n"),
        ("config.json", "{\"db\": {\"password\": \"{}\"}}\n"),
        ("setup.cfg", "[mail]\npassword = {}\n"),
        ("app.properties", "spring.datasource.password={}\n"),
        ("netrc", "machine example.org login bot password {}\n"),
        ("notes.md", "```python\npassword = \"{}\"\n```\n"),
        ("forgiven.py", "password = \"{}\"  # gatewright: ignore[generic-password] -- an example\n"),
        ("forgiven.py", "password = \"{}\"  # pragma: allowlist secret\n"),
    ]
    .map(|(file, text)| {
        let value = dice.password();
        Plant::new(file, text.replace("{}", &value), &[&value])
    })
    .to_vec()
}

fn tokens(dice: &mut Dice) -> Vec<Plant> {
    let mut plants = Vec::new();
    for (file, text) in
        [("tokens.py", "token = \"{}\"\n"), ("clone.sh", "git clone https://{}@github.com/a/b\n"), ("a.txt", "{}\n")]
    {
        let value = dice.token();
        plants.push(Plant::new(file, text.replace("{}", &value), &[value.trim_start_matches("ghp_")]));
    }
    for (prefix, alphabet, length) in [
        ("AKIA", BASE32, 16),
        ("sk_live_", LETTERS, 24),
        ("glpat-", LETTERS, 20),
        ("xoxb-", "0123456789", 12),
        ("SG.", LETTERS, 22),
    ] {
        let mut body = dice.text(alphabet, length);
        if prefix == "xoxb-" {
            body = format!("{body}-{}-{}", dice.text("0123456789", 12), dice.text(LETTERS, 24));
        }
        if prefix == "SG." {
            body = format!("{body}.{}", dice.text(LETTERS, 43));
        }
        plants.push(Plant::new("vendors.py", format!("key = '{prefix}{body}'\n"), &[&body]));
    }
    plants
}

fn keys(dice: &mut Dice) -> Vec<Plant> {
    let body = |key: &str| key.lines().filter(|line| !line.starts_with('-')).collect::<Vec<_>>().join("\n");
    let [plain, quoted, block, escaped, bare] = [(); 5].map(|()| dice.key());
    let indented = block.replace('\n', "\n    ");
    let one_line = escaped.replace('\n', "\\n");
    vec![
        Plant::new("id_rsa", plain.clone(), &[&body(&plain)]),
        Plant::new("key.py", format!("KEY = \"\"\"{quoted}\"\"\"\n"), &[&body(&quoted)]),
        Plant::new("key.yaml", format!("tls:\n  key: |\n    {indented}\n"), &[&body(&block)]),
        Plant::new("account.json", format!("{{\"private_key\": \"{one_line}\"}}\n"), &[&body(&escaped)]),
        Plant::new("crlf.pem", bare.replace('\n', "\r\n"), &[&body(&bare)]),
    ]
}

fn logins(dice: &mut Dice) -> Vec<Plant> {
    let mut plants: Vec<Plant> = [
        ("urls.py", "URL = \"https://admin:{}@db.corp.net/x\"\n"),
        ("urls.py", "DSN = \"postgresql://app:{}@db.corp.net:5432/app\"\n"),
        ("urls.py", "JDBC = \"jdbc:sqlserver://db;user=sa;password={};encrypt=true\"\n"),
        ("call.sh", "curl -u admin:{} https://example.org/\n"),
        ("call.sh", "mysql --user=root --password={} app\n"),
        ("npmrc", "//registry.example.org/:_authToken={}\n"),
    ]
    .map(|(file, text)| {
        let value = dice.password();
        Plant::new(file, text.replace("{}", &value), &[&value])
    })
    .to_vec();
    let value = dice.password();
    let login = BASE64.encode(format!("admin:{value}").as_bytes());
    plants.push(Plant::new("header.py", format!("headers = {{\"Authorization\": \"Basic {login}\"}}\n"), &[&value, &login]));
    plants
}

fn encoded(dice: &mut Dice) -> Vec<Plant> {
    let mut plants = Vec::new();
    for encode in [|text: &str| BASE64.encode(text.as_bytes()), |text: &str| HEXLOWER.encode(text.as_bytes()), percent] {
        let value = dice.token();
        let outer = encode(&format!("token={value}\n"));
        plants.push(Plant::new("encoded.txt", format!("data: {outer}\n"), &[value.trim_start_matches("ghp_"), &outer]));
    }
    let value = dice.token();
    let outer = BASE64.encode(BASE64.encode(format!("x = '{value}'").as_bytes()).as_bytes());
    plants.push(Plant::new("encoded.yaml", format!("data: {outer}\n"), &[value.trim_start_matches("ghp_"), &outer]));
    // A line of 76 digits each, as mail programs and `base64` wrap them.
    let value = dice.token();
    let outer =
        BASE64.encode(format!("a long enough text before it to fill more than one line of digits: token = '{value}'").as_bytes());
    let wrapped = outer.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap()).collect::<Vec<_>>().join("\n");
    plants.push(Plant::new("wrapped.txt", format!("{wrapped}\n"), &[value.trim_start_matches("ghp_")]));
    let value = dice.token();
    let little_endian: Vec<u8> =
        format!("\u{feff}x = 1\ntoken = \"{value}\"\n").encode_utf16().flat_map(u16::to_le_bytes).collect();
    plants.push(Plant::new("utf16.txt", little_endian, &[value.trim_start_matches("ghp_")]));
    plants
}

fn percent(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "%{byte:02X}");
        out
    })
}

/// The value stands where reports quote from: names, comments, the rest of the line, and among what could act on the reader.
fn hostile(dice: &mut Dice) -> Vec<Plant> {
    let long = "x".repeat(3000);
    [
        "{\"{}\": \"{}\"}\n".to_owned(),
        "token = \"{}\"  # gatewright: ignore[{}] -- it is {}\n".to_owned(),
        "token = \"{}\"  # gatewright: ignore[github-token] until={} -- it is {}\n".to_owned(),
        "token = \"{}\"  # gatewright: ignore[github-token] -- it is {}\n".to_owned(),
        "\u{1b}[2J\u{1b}]8;;http://{}\u{7}token = \"{}\" ]]>&lt; ::error::{}%0A\u{202e}{}\n".to_owned(),
        "token = \"{}\"\r# {}\rtoken = 1\n".to_owned(),
        format!("{long}'{{}}'{long} = '{{}}'{long}\n"),
        "\u{feff}\u{200b}'{}'\u{0301}'{}'\n".to_owned(),
    ]
    .map(|text| {
        let value = dice.token();
        Plant::new("hostile.py", text.replace("{}", &value), &[value.trim_start_matches("ghp_")])
    })
    .to_vec()
}

/// The file writes the value with escapes, or a terminal's colours tear it apart.
fn notebooks(dice: &mut Dice) -> Vec<Plant> {
    let value = dice.password();
    let written: Vec<String> = value.bytes().map(|byte| format!("\\u{byte:04x}")).collect();
    let written = written.concat();
    let source = format!("{{\"cells\": [{{\"cell_type\": \"code\",\n\"source\": \"a = 1\\npassword = '{written}'\"}}]}}\n");
    let token = dice.token();
    let body = token.trim_start_matches("ghp_");
    let (head, tail) = body.split_at(body.len() / 2);
    let output = format!(
        "{{\"cells\": [{{\"cell_type\": \"code\", \"outputs\": [{{\n\"traceback\": [\"\\u001b[31mghp_{head}\\u001b[0m{tail}\\n\"]}}]}}]}}\n"
    );
    vec![Plant::new("escaped.ipynb", source, &[&value, &written]), Plant::new("coloured.ipynb", output, &[body, head, tail])]
}

/// The program puts two literals together; what is found is the first.
fn halves(dice: &mut Dice) -> Vec<Plant> {
    ["password = \"{}\" + \"[]\"\n", "password = '{}' + salt + '[]'\n", "password = (\"{}\" f\"[]\")\n"]
        .map(|text| {
            let (one, two) = (dice.password(), dice.password());
            Plant::new("halves.py", text.replace("{}", &one).replace("[]", &two), &[&one, &two])
        })
        .to_vec()
}

/// A tar holds text as it is, below a header in which the value stands once more as the name of the member.
fn archived(dice: &mut Dice) -> Vec<Plant> {
    let value = dice.token();
    let text = format!("token = \"{value}\"  # gatewright: ignore[github-token] -- it is {value}\n");
    let mut tar = vec![0; 512];
    tar[..value.len()].copy_from_slice(value.as_bytes());
    tar[124..135].copy_from_slice(format!("{:011o}", text.len()).as_bytes());
    tar[148..156].fill(b' ');
    let sum: u32 = tar.iter().map(|byte| u32::from(*byte)).sum();
    tar[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    tar.extend(text.as_bytes());
    tar.resize(3 * 512, 0);
    vec![Plant::new("kept.tar", tar, &[value.trim_start_matches("ghp_")])]
}
