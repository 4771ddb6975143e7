//! The table `[match]` of a rule file: what a rule looks for.
//! Promises that a key which the rule would not read is a fault.
//! Finds nothing.

use serde::Deserialize;

use super::file::{Fault, of_name, shown};
use super::shape::{self, Shapes};
use super::{Boundary, Call, Checksum, FileName, Import, Matcher, Pattern, Row, pattern};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Match {
    pub pattern: Option<String>,
    /// The shape of a key that is told by the name before it: the keywords are the service's names.
    pub value: Option<String>,
    /// For rows: further words that call the value a secret.
    #[serde(default)]
    words: Vec<String>,
    /// Globs over the paths of files.
    #[serde(default)]
    pub file_name: Vec<String>,
    /// Dotted names of Python modules.
    #[serde(default)]
    import: Vec<String>,
    /// Dotted names of Python functions.
    #[serde(default)]
    call: Vec<String>,
    /// Keyword arguments whose presence silences a call.
    #[serde(default)]
    without: Vec<String>,
    /// `rust`: the hook's code decides.
    pub engine: Option<String>,
    #[serde(default)]
    pub keywords: Vec<String>,
    /// For code rules: literals to be looked for in encoded form too. The keywords of a pattern always are.
    #[serde(default)]
    pub encoded: Vec<String>,
    #[serde(default)]
    pub ignore_case: bool,
    /// Whether a letter, digit or underscore may touch the match. The default is `word`: it may not.
    boundary: Option<String>,
    entropy: Option<f32>,
    #[serde(default)]
    digit: bool,
    checksum: Option<String>,
    #[serde(default)]
    pub shown: usize,
}

const CHECKSUMS: &[(&str, Checksum)] = &[
    ("crc32-base62", Checksum::Crc32Base62),
    ("crc32-hex", Checksum::Crc32Hex),
    ("crc32-le-hex", Checksum::Crc32LeHex),
    ("jwt", Checksum::Jwt),
    ("nkey-crc16", Checksum::NkeyCrc16),
    ("macaroon", Checksum::Macaroon),
];
const BOUNDARIES: &[(&str, Boundary)] = &[("word", Boundary::Word), ("none", Boundary::None)];
/// What a rule may look for, each with the other keys that it reads.
const KINDS: &[(&str, &[&str])] = &[
    ("pattern", &["keywords", "ignore-case", "boundary", "entropy", "digit", "checksum", "shown"]),
    ("value", &["keywords", "words", "entropy", "shown"]),
    ("file-name", &[]),
    ("import", &[]),
    ("call", &["without"]),
    ("engine", &["keywords", "encoded", "ignore-case"]),
];
/// Shorter keywords would send every other line to the pattern.
const KEYWORD_MIN: usize = 3;
const KEYWORD_MAX: usize = 60;
/// The entropy that a row asks for unless it says otherwise: hexadecimal digits reach 2.5 from a length of twelve.
const ROW_ENTROPY: f32 = 2.5;

/// What a rule looks for, as far as it had to be worked out.
#[derive(Debug)]
pub(super) enum Kind {
    Pattern { anchored: bool, reach: Option<usize>, boundary: Boundary, checksum: Option<Checksum> },
    Row(Shapes),
    FileName,
    Import,
    Call,
    Code,
}

/// The keys of which a rule has one, for a message.
pub(super) fn kinds(is_meant: impl Fn(&str) -> bool) -> String {
    let kinds = KINDS.iter().map(|(kind, _)| *kind).filter(|kind| is_meant(kind)).map(|kind| format!("`{kind}`"));
    kinds.collect::<Vec<_>>().join(", ")
}

impl Match {
    /// What is looked for. With a fault, something that finds nothing.
    pub(super) fn read(&self, faults: &mut Vec<Fault>) -> Kind {
        let given = self.given();
        let wanted: Vec<_> = KINDS.iter().filter(|(kind, _)| given.contains(kind)).collect();
        let [(kind, keys)] = wanted.as_slice() else {
            faults.push(("[match]", format!("give one of {}", kinds(|_| true))));
            return Kind::Code;
        };
        let unread = given.iter().filter(|key| *key != kind && !keys.contains(key));
        faults.extend(unread.map(|key| (*key, format!("a rule with `{kind}` does not read `{key}`"))));
        faults.extend(self.faults());
        match *kind {
            "pattern" => self.read_pattern(faults),
            "value" => self.read_row(faults),
            "file-name" => Kind::FileName,
            "import" => Kind::Import,
            "call" => Kind::Call,
            _ => Kind::Code,
        }
    }

    /// The keys that are given.
    fn given(&self) -> Vec<&'static str> {
        let keys = [
            ("pattern", self.pattern.is_some()),
            ("value", self.value.is_some()),
            ("file-name", !self.file_name.is_empty()),
            ("import", !self.import.is_empty()),
            ("call", !self.call.is_empty()),
            ("engine", self.engine.is_some()),
            ("keywords", !self.keywords.is_empty()),
            ("words", !self.words.is_empty()),
            ("without", !self.without.is_empty()),
            ("encoded", !self.encoded.is_empty()),
            ("ignore-case", self.ignore_case),
            ("boundary", self.boundary.is_some()),
            ("entropy", self.entropy.is_some()),
            ("digit", self.digit),
            ("checksum", self.checksum.is_some()),
            ("shown", self.shown > 0),
        ];
        keys.into_iter().filter(|(_, is_given)| *is_given).map(|(key, _)| key).collect()
    }

    /// The faults of single values.
    fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        for keyword in self.keywords.iter().chain(&self.encoded) {
            if !(KEYWORD_MIN..=KEYWORD_MAX).contains(&keyword.len()) || !keyword.is_ascii() {
                let what = format!("the keyword {} needs {KEYWORD_MIN} to {KEYWORD_MAX} ASCII characters", shown(keyword));
                faults.push(("keywords", what));
            }
        }
        if self.entropy.is_some_and(|bits| !(0.0..=8.0).contains(&bits)) {
            faults.push(("entropy", "a byte has 0 to 8 bits of entropy".into()));
        }
        if self.engine.as_deref().is_some_and(|engine| engine != "rust") {
            faults.push(("engine", "the engine of a rule in code is `rust`".into()));
        }
        for (key, names) in [("import", &self.import), ("call", &self.call)] {
            let wrong = names.iter().filter(|name| !name.split('.').all(is_identifier));
            faults.extend(
                wrong.map(|name| (key, format!("{} is no dotted name of Python, like `package.module.name`", shown(name)))),
            );
        }
        let wrong = self.without.iter().filter(|name| !is_identifier(name));
        faults.extend(wrong.map(|name| ("without", format!("{} is no name of a keyword argument", shown(name)))));
        faults
    }

    fn read_pattern(&self, faults: &mut Vec<Fault>) -> Kind {
        let (anchored, reach) = pattern::inspect(self.pattern.as_deref().unwrap_or_default(), self).unwrap_or_else(|what| {
            faults.push(("pattern", what));
            (false, None)
        });
        let boundary = of_name(faults, "boundary", BOUNDARIES, self.boundary.as_deref()).unwrap_or(Boundary::Word);
        let checksum = of_name(faults, "checksum", CHECKSUMS, self.checksum.as_deref());
        Kind::Pattern { anchored, reach, boundary, checksum }
    }

    fn read_row(&self, faults: &mut Vec<Fault>) -> Kind {
        if self.keywords.is_empty() {
            faults.push(("value", "a row needs keywords: the names of the service".into()));
        }
        let shapes = shape::parse(self.value.as_deref().unwrap_or_default());
        Kind::Row(shapes.unwrap_or_else(|what| {
            faults.push(("value", what));
            Shapes::new()
        }))
    }
}

impl Kind {
    /// The matcher. Its texts are given away for good.
    pub(super) fn leak(self, table: Match) -> Matcher {
        match self {
            Self::Pattern { anchored, reach, boundary, checksum } => Matcher::Pattern(Pattern {
                keywords: texts(&table.keywords),
                ignore_case: table.ignore_case,
                anchored,
                reach,
                boundary,
                regex: table.pattern.unwrap_or_default().leak(),
                entropy: table.entropy,
                digit: table.digit,
                checksum,
                shown: table.shown,
            }),
            Self::Row(shapes) => Matcher::Row(Row {
                services: texts(&table.keywords),
                words: texts(&table.words),
                shapes: shapes.into_iter().map(|shape| &*shape.leak()).collect::<Vec<_>>().leak(),
                entropy: table.entropy.unwrap_or(ROW_ENTROPY),
                shown: table.shown,
            }),
            Self::FileName => Matcher::FileName(FileName { globs: texts(&table.file_name) }),
            Self::Import => Matcher::Import(Import { modules: texts(&table.import) }),
            Self::Call => Matcher::Call(Call { functions: texts(&table.call), without: texts(&table.without) }),
            Self::Code => Matcher::Code,
        }
    }
}

/// Texts that live as long as the program.
pub(super) fn texts(texts: &[String]) -> &'static [&'static str] {
    texts.iter().map(|text| &*text.clone().leak()).collect::<Vec<&'static str>>().leak()
}

/// Whether it is a name in Python, of ASCII characters.
fn is_identifier(name: &str) -> bool {
    let is_part = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    !name.is_empty() && !name.starts_with(|c: char| c.is_ascii_digit()) && name.bytes().all(is_part)
}
