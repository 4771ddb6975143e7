//! How a file writes down that a name has a value, as far as its path tells.
//! Promises a decision for every path; files whose values are never secrets by name have none.
//! Reads no content.

use crate::source::RepoPath;

/// A family of notations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syntax {
    /// A programming language: a value is a literal in quotes; anything bare is an expression.
    Code,
    /// JSON and its kin: values in quotes, or numbers.
    Data,
    /// A bare value runs to the end of the line.
    Yaml,
    /// A bare value ends at a blank.
    Shell,
    /// What reads it is no shell: a bare value runs to the end of the line.
    Env,
    /// INI, properties, `.conf` and files that nobody knows: a bare value runs to the end of the line.
    Settings,
    /// Text with pieces of any of them.
    Prose,
}

const CODE: &[&str] = &[
    "py", "pyi", "pyx", "pxd", "pyw", "js", "jsx", "mjs", "cjs", "ts", "tsx", "vue", "svelte", "go", "rb", "erb", "rake", "php",
    "java", "kt", "kts", "scala", "groovy", "gradle", "c", "h", "cc", "cpp", "cxx", "hpp", "cs", "vb", "fs", "swift", "m", "mm",
    "rs", "hs", "lua", "pl", "pm", "r", "ex", "exs", "erl", "clj", "dart", "jl", "ml", "nim", "zig", "sql", "proto", "sol", "tf",
    "hcl", "jinja", "j2", "cls", "coffee", "scss", "less",
];
const DATA: &[&str] = &["json", "jsonl", "json5", "ipynb", "tfstate", "webmanifest", "har", "geojson"];
const YAML: &[&str] = &["yaml", "yml", "eyaml"];
const SHELL: &[&str] = &["sh", "bash", "zsh", "fish", "bat", "cmd", "ps1", "psm1", "mk", "dockerfile", "envrc"];
const ENV: &[&str] = &["env"];
const ENV_NAMES: &[&str] = &[".env"];
const SETTINGS: &[&str] = &["ini", "cfg", "cnf", "conf", "config", "toml", "properties", "xml", "plist", "tfvars", "service"];
const PROSE: &[&str] = &["md", "markdown", "rst", "adoc", "asciidoc", "txt", "html", "htm", "tex", "org", "log", "eml", "mdx"];
/// Prefix rules look at these; names say nothing in them.
const NONE: &[&str] =
    &["lock", "css", "svg", "map", "sum", "po", "pot", "mo", "pem", "crt", "cer", "pub", "ttf", "woff", "woff2", "csv", "tsv"];
const SHELL_NAMES: &[&str] = &["dockerfile", "containerfile", "makefile", ".bashrc", ".profile", ".zshrc", ".envrc", "procfile"];

impl Syntax {
    /// By the lists of names and extensions alone; `None` for a file that nobody knows.
    pub fn known(path: &RepoPath) -> Option<Self> {
        let name = path.file_name();
        let is = |list: &[&str], word: &[u8]| list.iter().any(|entry| word.eq_ignore_ascii_case(entry.as_bytes()));
        if is(SHELL_NAMES, name) {
            return Some(Self::Shell);
        }
        if is(ENV_NAMES, name) || name.get(..5).is_some_and(|head| head.eq_ignore_ascii_case(b".env.")) {
            return Some(Self::Env);
        }
        let lists = [
            (CODE, Self::Code),
            (DATA, Self::Data),
            (YAML, Self::Yaml),
            (SHELL, Self::Shell),
            (ENV, Self::Env),
            (SETTINGS, Self::Settings),
            (PROSE, Self::Prose),
        ];
        let extension = path.extension()?;
        lists.into_iter().find(|(list, _)| is(list, extension)).map(|(_, syntax)| syntax)
    }

    /// `None` for files that have no named values.
    pub fn of(path: &RepoPath) -> Option<Self> {
        let is_none = |extension: &[u8]| NONE.iter().any(|entry| extension.eq_ignore_ascii_case(entry.as_bytes()));
        let name = path.file_name();
        if name.ends_with(b"-lock.json") || name.ends_with(b"-lock.yaml") {
            return None;
        }
        Self::known(path).or_else(|| (!path.extension().is_some_and(is_none)).then_some(Self::Settings))
    }
}
