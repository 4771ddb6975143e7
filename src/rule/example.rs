//! The fenced blocks of a rule file, which are its tests. Marks (`#~ id`) are cut off the lines and middle dots are removed.
//! Promises the line of everything in the rule file, for messages, and that no block is passed over: what opens none is named.
//! Judges nothing; that is `hook::example`.

use std::collections::BTreeSet;
use std::path::Path;

use super::{Matcher, Rule};

/// The name of a block that is the configuration of those behind it, up to the next heading.
const CONFIGURATION: &str = "gatewright.toml";

/// One fenced block with a language.
#[derive(Clone, Debug)]
pub struct Example {
    /// Line of the opening fence in the rule file, from 1.
    pub line: usize,
    /// The name the text is scanned under: `file=…` of the fence, else one that fits the language.
    pub file: String,
    pub text: String,
    /// The ids expected on each line of the text.
    pub marks: Vec<BTreeSet<String>>,
    is_named: bool,
    /// How many headings stand before it.
    section: usize,
}

/// Blocks that are judged together.
#[derive(Clone, Debug, Default)]
pub struct Repository {
    pub configuration: Option<Example>,
    /// One at least; no two of one name.
    pub files: Vec<Example>,
}

impl Repository {
    /// Line of the first block in the rule file, from 1.
    pub fn line(&self) -> usize {
        self.files.first().map_or(1, |example| example.line)
    }
}

impl Example {
    /// The bytes of a block in the language `hex`: pairs of digits, blanks and line ends between them.
    pub fn binary(&self) -> Option<Vec<u8>> {
        let digits: Vec<u8> = self.text.bytes().filter(u8::is_ascii_hexdigit).collect();
        let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
        let is_hex = Path::new(&self.file).extension().is_some_and(|extension| extension == "hex");
        if is_hex { digits.chunks(2).map(pair).collect() } else { None }
    }

    /// Silent lines that a looser rule would report: those that the keywords, or what else the rule asks for first, do not rule out.
    fn near_misses(&self, rule: &Rule) -> usize {
        let lines = self.text.lines().zip(&self.marks).enumerate();
        lines.filter(|(index, (line, ids))| ids.is_empty() && is_near(rule, *index, line)).count()
    }
}

fn is_near(rule: &Rule, index: usize, line: &str) -> bool {
    let line = line.to_lowercase();
    let holds = |words: &[&str]| words.iter().any(|word| line.contains(&word.to_lowercase()));
    let ends = |names: &[&str]| names.iter().any(|name| holds(&[name.rsplit('.').next().unwrap_or_default()]));
    match &rule.matcher {
        Matcher::Pattern(pattern) => holds(pattern.keywords),
        Matcher::Row(row) => holds(row.services),
        // Of a file the name counts, and that is told on its first line.
        Matcher::FileName(_) => index == 0,
        Matcher::Import(import) => ends(import.modules),
        Matcher::Call(call) => ends(call.functions),
        Matcher::Code => !line.trim().is_empty(),
    }
}

/// What a rule file lacks: two lines that its rule finds and two near misses at the least.
pub fn lacking(rule: &Rule, repositories: &[Repository]) -> Option<String> {
    let examples = || repositories.iter().flat_map(|repository| &repository.files);
    let hits = examples().flat_map(|example| &example.marks).filter(|ids| ids.contains(rule.id)).count();
    let misses: usize = examples().map(|example| example.near_misses(rule)).sum();
    let is_enough = hits >= 2 && misses >= 2;
    (!is_enough).then(|| format!("{}:1: expected 2 hits and 2 near misses, found {hits} and {misses}", rule.file))
}

/// The blocks of a rule file, in order. Under one heading those with a `file=` are one repository, as far as their names differ; any other
/// stands alone; and a block called `gatewright.toml` is the configuration of what follows it there.
pub fn repositories(rule_file: &str) -> Vec<Repository> {
    let mut found: Vec<Repository> = Vec::new();
    let mut configuration: Option<Example> = None;
    for example in parse(rule_file).0 {
        configuration = configuration.filter(|it| it.section == example.section);
        if example.file == CONFIGURATION {
            configuration = Some(example);
            continue;
        }
        let joins = |it: &&mut Repository| {
            let is_new =
                it.files.iter().all(|other| other.is_named && other.section == example.section && other.file != example.file);
            let line = |it: &Option<Example>| it.as_ref().map(|it| it.line);
            example.is_named && is_new && line(&it.configuration) == line(&configuration)
        };
        match found.last_mut().filter(joins) {
            Some(repository) => repository.files.push(example),
            None => found.push(Repository { configuration: configuration.clone(), files: vec![example] }),
        }
    }
    found
}

/// Fences that no block comes of, so that nothing behind them is tried.
pub fn unread(file: &str, rule_file: &str) -> Vec<String> {
    parse(rule_file).1.into_iter().map(|(line, what)| format!("{file}:{line}: {what}")).collect()
}

/// All blocks, in order, and the lines of fences that are none.
fn parse(rule_file: &str) -> (Vec<Example>, Vec<(usize, &'static str)>) {
    let mut examples = Vec::new();
    let mut faults = Vec::new();
    let mut open: Option<(String, Example)> = None;
    let mut section = 0;
    for (index, line) in rule_file.lines().enumerate() {
        match open.take() {
            Some((fence, example)) if line.trim_end() == fence => examples.push(example),
            Some((fence, mut example)) => {
                push_line(&mut example, line);
                open = Some((fence, example));
            }
            None => {
                section += usize::from(line.starts_with('#'));
                open = open_fence(line, index + 1, section);
                if open.is_none() && is_fence(line) {
                    faults.push((
                        index + 1,
                        "a block opens with three backticks at the start of its line and a language behind them",
                    ));
                }
            }
        }
    }
    faults.extend(open.map(|(_, example)| (example.line, "the block has no end: close it with the backticks that open it")));
    (examples, faults)
}

/// Whether Markdown would begin a block here.
fn is_fence(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("```") || line.starts_with("~~~")
}

fn open_fence(line: &str, number: usize, section: usize) -> Option<(String, Example)> {
    let ticks = line.bytes().take_while(|&b| b == b'`').count();
    if ticks < 3 {
        return None;
    }
    let (fence, info) = line.split_at(ticks);
    let mut words = info.split_whitespace();
    let language = words.next()?;
    let named = words.find_map(|word| word.strip_prefix("file="));
    let file = named.map_or_else(|| file_name(language), str::to_string);
    let is_named = named.is_some();
    Some((fence.to_string(), Example { line: number, file, text: String::new(), marks: Vec::new(), is_named, section }))
}

fn file_name(language: &str) -> String {
    match language {
        "python" => "example.py".into(),
        "yaml" => "example.yml".into(),
        "env" => ".env".into(),
        "dockerfile" => "Dockerfile".into(),
        "makefile" => "Makefile".into(),
        "javascript" => "example.js".into(),
        "text" => "example.txt".into(),
        "shell" => "example.sh".into(),
        "markdown" => "example.md".into(),
        other => format!("example.{other}"),
    }
}

fn push_line(example: &mut Example, line: &str) {
    let (text, ids) = line.split_once("#~").unwrap_or((line, ""));
    let text = if ids.is_empty() { text } else { text.trim_end() };
    example.text.push_str(&text.replace('·', ""));
    example.text.push('\n');
    example.marks.push(ids.split(',').map(str::trim).filter(|id| !id.is_empty()).map(str::to_string).collect());
}
