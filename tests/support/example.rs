//! The fenced blocks of a rule file. Marks (`#~ id`) are cut off the lines and middle dots are removed before a block is scanned.

use std::collections::BTreeSet;
use std::path::Path;

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
}

impl Example {
    /// The bytes of a block in the language `hex`: pairs of digits, blanks and line ends between them.
    pub fn binary(&self) -> Option<Vec<u8>> {
        let digits: Vec<u8> = self.text.bytes().filter(u8::is_ascii_hexdigit).collect();
        let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
        let is_hex = Path::new(&self.file).extension().is_some_and(|extension| extension == "hex");
        if is_hex { digits.chunks(2).map(pair).collect() } else { None }
    }
}

/// All blocks with a language, in order.
pub fn parse(rule_file: &str) -> Vec<Example> {
    let mut examples = Vec::new();
    let mut open: Option<(String, Example)> = None;
    for (index, line) in rule_file.lines().enumerate() {
        match open.take() {
            Some((fence, example)) if line.trim_end() == fence => examples.push(example),
            Some((fence, mut example)) => {
                push_line(&mut example, line);
                open = Some((fence, example));
            }
            None => open = open_fence(line, index + 1),
        }
    }
    examples
}

fn open_fence(line: &str, number: usize) -> Option<(String, Example)> {
    let ticks = line.bytes().take_while(|&b| b == b'`').count();
    if ticks < 3 {
        return None;
    }
    let (fence, info) = line.split_at(ticks);
    let mut words = info.split_whitespace();
    // A fence without language opens nothing, and so does the bare fence that closes it.
    let language = words.next()?;
    let named = words.find_map(|word| word.strip_prefix("file="));
    let file = named.map_or_else(|| file_name(language), str::to_string);
    Some((fence.to_string(), Example { line: number, file, text: String::new(), marks: Vec::new() }))
}

fn file_name(language: &str) -> String {
    match language {
        "python" => "example.py".into(),
        "yaml" => "example.yml".into(),
        "env" => ".env".into(),
        "dockerfile" => "Dockerfile".into(),
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
