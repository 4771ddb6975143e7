//! The secrets of a notebook: each cell as the text it is, outputs by formats, the JSON around them as JSON.
//! Promises that a candidate stands where its value stands in the file, and says in which cell that is.
//! Reads no notebook; that is `notebook`.

use super::scan::{CANDIDATES_MAX, Scan, Scope, TOO_MANY};
use super::{Candidate, overlap};
use crate::notebook::{Form, Notebook, Part, Unfolded};
use crate::source::{RepoPath, Source};

impl Scan<'_> {
    pub fn cells(&mut self, source: &Source<'_>, notebook: &Notebook) -> Vec<Candidate> {
        let depth = self.depth();
        let mut found = self.found();
        for part in &notebook.parts {
            if found.kept.len() > CANDIDATES_MAX {
                break;
            }
            let (scope, path) = match part.form {
                Form::Source(extension) => (Scope::Everything, named(source.path, extension)),
                Form::Output => (Scope::Formats, source.path.clone()),
            };
            let text = notebook.cells.text.get(part.range.clone()).unwrap_or_default();
            let inner = Source::of_text(&path, text, source.origin);
            let candidates = self.layer(&inner, scope, depth);
            found.extend(candidates.into_iter().map(|candidate| in_cell(candidate, &notebook.cells, part)));
        }
        let rest = Source::of_text(source.path, &notebook.rest.text, source.origin);
        let around = self.layer(&rest, Scope::Everything, depth);
        found.extend(around.into_iter().map(|candidate| placed(candidate, &notebook.rest, 0)));
        if found.kept.len() > CANDIDATES_MAX {
            self.budget.meet(TOO_MANY);
            found.kept.truncate(CANDIDATES_MAX);
        }
        let mut candidates = overlap::resolve(found);
        if self.detector.matchers.look_at_python() {
            candidates.extend(self.python_cells(notebook));
            candidates.sort_by(Candidate::order);
        }
        candidates
    }

    /// What the Python cells import and call, read as one text: a name that one of them imports is known to all.
    fn python_cells(&mut self, notebook: &Notebook) -> Vec<Candidate> {
        let is_python = |part: &&Part| part.form == Form::Source("py");
        let mut text = vec![b'\n'; notebook.cells.text.len()];
        for range in notebook.parts.iter().filter(is_python).map(|part| part.range.clone()) {
            if let (Some(cell), Some(place)) = (notebook.cells.text.get(range.clone()), text.get_mut(range)) {
                place.copy_from_slice(cell);
            }
        }
        let part_of = |candidate: &Candidate| notebook.parts.iter().find(|part| part.range.contains(&candidate.range.start));
        let hits = self.python(&text).into_iter().filter_map(|mut candidate| {
            let part = part_of(&candidate)?;
            candidate.range = candidate.range.start - part.range.start..candidate.range.end - part.range.start;
            Some(in_cell(candidate, &notebook.cells, part))
        });
        hits.collect()
    }
}

/// The name that a cell would have as a file: beside the notebook, so that examples stay examples.
fn named(path: &RepoPath, extension: &str) -> RepoPath {
    RepoPath::new([path.as_bytes(), b".", extension.as_bytes()].concat())
}

fn in_cell(candidate: Candidate, cells: &Unfolded, part: &Part) -> Candidate {
    let mut candidate = placed(candidate, cells, part.range.start);
    let place = if part.form == Form::Output { "in the output of cell" } else { "in cell" };
    candidate.notes.insert(0, format!("{place} {}", part.cell));
    candidate
}

fn placed(mut candidate: Candidate, unfolded: &Unfolded, start: usize) -> Candidate {
    candidate.range = unfolded.outer(candidate.range.start + start..candidate.range.end + start);
    candidate
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use crate::secret::Detector;
    use crate::source::{Origin, RepoPath, Source};

    const TOKEN: &str = "gh·p_7fK2mQ9vX4pL8sR1tW6yB3nD5hJ0cZgA2eU7";

    /// Rule, line, first note and the bytes of the file for each candidate.
    fn found(notebook: &Value) -> Vec<(&'static str, u32, String, String)> {
        let text = serde_json::to_string_pretty(notebook).unwrap().replace('·', "");
        let path = RepoPath::new("notebooks/n.ipynb");
        let source = Source::new(&path, text.as_bytes(), Origin::Repository);
        let candidates = Detector::default().detect(&source).candidates.into_iter();
        let shown = candidates.map(|it| {
            let place = text[it.range.clone()].to_owned();
            (it.rule.id, source.line_of(it.range.start), it.notes.first().cloned().unwrap_or_default(), place)
        });
        shown.collect()
    }

    fn rules(notebook: &Value) -> Vec<&'static str> {
        found(notebook).into_iter().map(|(rule, ..)| rule).collect()
    }

    fn code(source: &Value) -> Value {
        json!({"cells": [{"cell_type": "code", "source": source, "outputs": []}]})
    }

    #[test]
    fn a_cell_is_judged_as_the_text_it_is() {
        let token = TOKEN.replace('·', "");
        let notebook = json!({"cells": [
            {"cell_type": "markdown", "source": ["# Title\n"]},
            {"cell_type": "code", "source": ["import os\n", format!("t = \"{token}\"\n"), "db = f(password='Tr0ub4dor·-horse-77')"]},
        ]});
        let [password, github] = &found(&notebook)[..] else { panic!("{:?}", rules(&notebook)) };
        let (github, password) = if github.0 == "github-token" { (github, password) } else { (password, github) };
        assert_eq!((github.0, github.2.as_str(), &github.3), ("github-token", "in cell 2", &token));
        assert_eq!(
            (password.0, password.2.as_str(), password.3.as_str()),
            ("generic-password", "in cell 2", "Tr0ub4dor-horse-77")
        );
        assert_eq!(password.1, github.1 + 1);
    }

    #[test]
    fn names_are_code_in_code_cells_and_the_json_around_is_json() {
        assert_eq!(rules(&code(&json!("password = get_password_from_vault_7x()"))), [] as [&str; 0]);
        let parameters = json!({"cells": [], "metadata": {"papermill": {"parameters": {"password": "Tr0ub4dor·-horse-77"}}}});
        assert_eq!(rules(&parameters), ["generic-password"]);
    }

    #[test]
    fn a_value_with_escapes_stands_where_they_stand() {
        let line = "MIIEpAIBAAKCAQEA7fK2mQ9vX4pL8sR1tW6yB3nD5hJ0cZgA2eU7";
        let (begin, end) = ("-----BEGIN R·SA PRIVATE KEY-----", "-----END R·SA PRIVATE KEY-----");
        let key = format!("k = '''{begin}\n{line}{line}\n{line}\n{end}'''");
        let found = found(&code(&json!(key)));
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].3.starts_with("-----BEGIN") && found[0].3.ends_with("KEY-----"), "{found:?}");
    }

    #[test]
    fn outputs_are_judged_by_formats_and_without_colours() {
        let output = |text: String| json!({"cells": [{"cell_type": "code", "source": "", "outputs": [{"output_type": "error", "traceback": [text]}]}]});
        let found = found(&output(format!("\u{1b}[31m\"\u{1b}[39m{TOKEN}\u{1b}[0m")));
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].0, found[0].2.as_str()), ("github-token", "in the output of cell 1"));
        assert_eq!(rules(&output("password = 'Tr0ub4dor·-horse-77'".to_owned())), [] as [&str; 0]);
    }

    #[test]
    fn a_field_for_pictures_hides_no_token() {
        let notebook = json!({"cells": [{"cell_type": "code", "source": "", "attachments": {"a": {"image/png": TOKEN}},
            "outputs": [{"output_type": "display_data", "data": {"image/png": TOKEN}}]}],
            "metadata": {"widgets": {"state": {"value": TOKEN}}}});
        assert_eq!(rules(&notebook), ["github-token"; 3]);
    }

    #[test]
    fn shell_commands_in_cells_are_judged_as_such() {
        assert_eq!(rules(&code(&json!("%env DB_PASSWORD=Tr0ub4dor·-horse-77"))), ["generic-password"]);
        assert_eq!(rules(&code(&json!("%%bash\nexport DB_PASSWORD=Tr0ub4dor·-horse-77"))), ["generic-password"]);
    }

    #[test]
    fn what_is_no_notebook_is_judged_as_text() {
        let path = RepoPath::new("n.ipynb");
        let text = format!("{{\"cells\": [{{\"source\": [\"t = '{TOKEN}'\\n\", ]}}]}}").replace('·', "");
        let found = Detector::default().detect(&Source::new(&path, text.as_bytes(), Origin::Repository)).candidates;
        assert_eq!(found.len(), 1);
    }

    #[test]
    fn the_number_of_candidates_is_bounded_and_told() {
        let cell = json!({"cell_type": "code", "source": format!("{TOKEN}\n").repeat(900)});
        let text = json!({"cells": vec![cell; 12]}).to_string().replace('·', "");
        let detection = Detector::default().detect(&Source::new(&RepoPath::new("n.ipynb"), text.as_bytes(), Origin::Repository));
        assert_eq!((detection.candidates.len(), detection.limits.len()), (10_000, 1));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

        #[test]
        fn a_token_is_found_whatever_is_escaped_around_it(before in "\\PC{0,20}\"\n", behind in "\"\\PC{0,20}\n", as_list: bool) {
            let token = TOKEN.replace('·', "");
            let text = format!("{before}{token}{behind}");
            let source = if as_list { json!(text.split_inclusive('\n').collect::<Vec<_>>()) } else { json!(text) };
            let found = found(&code(&source));
            prop_assert!(found.iter().any(|(_, _, _, place)| *place == token), "{found:?}");
        }
    }
}
