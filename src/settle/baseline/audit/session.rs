//! The interactive audit: one entry after the other, one key each.
//! Promises that what was answered is saved before the next question, and that a value is shown only on request and with permission.
//! Knows no terminal: that is a trait, so that a test can be one.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::super::companion::{Label, Note, Salt};
use super::super::item::{Item, items};
use super::super::policy::{Need, Policy, listed};
use super::{Filter, Mark, set};
use crate::finding::{AtTerminal, Redacted, Snippet};
use crate::secret::hide;
use crate::settle::baseline::update::Files;
use crate::source::escape;

/// A person at a keyboard.
pub trait Terminal {
    fn show(&mut self, text: &str);
    /// The next key; `None` at the end of input.
    fn key(&mut self) -> Option<char>;
    /// A line of text without its end; `None` at the end of input.
    fn line(&mut self, prompt: &str) -> Option<String>;
}

/// Where an entry's value stands now.
#[derive(Clone, Debug)]
pub struct Sighting {
    pub snippet: Snippet,
    pub value: Redacted,
}

/// What the session asks of its caller.
pub struct Means<'a, E> {
    /// Finds the value of an entry in the present files; `None` if it is gone.
    pub find: &'a dyn Fn(&Item) -> Option<Sighting>,
    /// Writes both files.
    pub save: &'a mut dyn FnMut(&Files) -> Result<(), E>,
    /// What a label has to come with.
    pub policy: &'a Policy,
    /// The salt of a companion that has to be made.
    pub fresh: Salt,
    /// Permission to show values.
    pub reveal: Option<AtTerminal>,
}

impl<E> std::fmt::Debug for Means<'_, E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Means").field("reveal", &self.reveal).finish_non_exhaustive()
    }
}

/// How many entries the next answer is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    One,
    File,
    Value,
}

/// Asks about every entry that the filter accepts, and says at the end how many are labelled and how many were looked at. An error is that
/// of saving.
pub fn run<'a, E>(files: &'a mut Files, filter: &Filter<'_>, terminal: &mut dyn Terminal, means: Means<'a, E>) -> Result<(), E> {
    let todo = items(files.baseline.as_ref(), files.companion.as_ref()).into_iter().filter(|item| filter.accepts(item)).collect();
    let mut session = Session { files, todo, at: 0, reach: Reach::One, answered: BTreeSet::new(), seen: 0, means };
    while session.at < session.todo.len() && session.step(terminal)? {}
    terminal.show(&format!("{} labelled, {} looked at of {}\n", session.answered.len(), session.seen, session.todo.len()));
    Ok(())
}

struct Session<'a, E> {
    files: &'a mut Files,
    todo: Vec<Item>,
    at: usize,
    reach: Reach,
    /// The places in the list that an answer was given for: one that is changed later is still one.
    answered: BTreeSet<usize>,
    /// The furthest place that was reached: so many were looked at.
    seen: usize,
    means: Means<'a, E>,
}

const HELP: &str = "y may be committed (false positive)  n is a real secret  l label  r reason  o owner
f the next answer is for all of this file  a … for all with this value  v show the value
s skip  b back  q quit
";

impl<E> Session<'_, E> {
    /// One question; false to stop.
    fn step(&mut self, terminal: &mut dyn Terminal) -> Result<bool, E> {
        let Some(item) = self.todo.get(self.at).cloned() else { return Ok(false) };
        self.present(&item, terminal);
        let mark = loop {
            let Some(key) = terminal.key() else { return Ok(false) };
            match key {
                'y' => break label(Label::FalsePositive),
                'n' => break label(Label::Real),
                'l' => match ask_label(terminal) {
                    Some(chosen) => break label(chosen),
                    None => terminal.show("no such label\n"),
                },
                'r' => return self.note(&item, |note, text| note.reason = Some(text), "reason: ", terminal),
                'o' => return self.note(&item, |note, text| note.owner = Some(text), "owner: ", terminal),
                'f' => self.widen(Reach::File, terminal),
                'a' => self.widen(Reach::Value, terminal),
                'v' => self.reveal(&item, terminal),
                's' => {
                    self.go_to(self.at + 1);
                    return Ok(true);
                }
                'b' => {
                    self.go_to(self.at.saturating_sub(1));
                    return Ok(true);
                }
                'q' => return Ok(false),
                _ => terminal.show(HELP),
            }
        };
        self.answer(&mark, terminal)?;
        Ok(true)
    }

    fn present(&self, item: &Item, terminal: &mut dyn Terminal) {
        let line = if item.line > 0 { format!(":{}", item.line) } else { String::new() };
        let label = item.note.label.map_or("unlabelled", Label::as_str);
        let entry = format!("{}{line}  {}", item.path, item.what.name());
        let mut text = format!("\n{} of {}  {}  {label}\n", self.at + 1, self.todo.len(), hide(&entry));
        match (self.means.find)(item) {
            Some(sighting) => {
                for (number, line) in &sighting.snippet.lines {
                    let _ = writeln!(text, "{number:>6} | {line}");
                }
                let _ = writeln!(text, "         {}", sighting.value);
            }
            None => text.push_str("         the value is no longer there; `baseline prune` removes the entry\n"),
        }
        terminal.show(&text);
        terminal.show("may this be committed? [y n l r o f a v s b q] ");
    }

    /// Labels what the answer is for, saves, and goes on; or says what has to come first.
    fn answer(&mut self, mark: &Mark, terminal: &mut dyn Terminal) -> Result<(), E> {
        let places = self.reached();
        let Some(this) = self.todo.get(self.at).map(|item| item.note.clone()) else { return Ok(()) };
        let items = places.iter().filter_map(|&place| self.todo.get(place));
        let notes: Vec<Note> = items.map(|item| self.completed(mark.applied_to(&item.note), &this)).collect();
        if let Some(needs) = notes.iter().map(|note| self.means.policy.missing(note)).find(|needs| !needs.is_empty()) {
            terminal.show(&demand(&needs));
            return Ok(());
        }
        for (&place, note) in places.iter().zip(notes) {
            let Some(item) = self.todo.get_mut(place) else { continue };
            set(self.files, item, &note, self.means.fresh);
            item.note = note;
        }
        (self.means.save)(self.files)?;
        self.answered.extend(places);
        // What an answer covered is not asked again, unless somebody goes back to it.
        let next = (self.at + 1..self.todo.len()).find(|place| !self.answered.contains(place));
        self.go_to(next.unwrap_or(self.todo.len()));
        Ok(())
    }

    /// The note with what it has to have and lacks, as the entry has it that is shown.
    fn completed(&self, note: Note, shown: &Note) -> Note {
        if self.means.policy.missing(&note).is_empty() {
            return note;
        }
        Note {
            label: note.label,
            reason: note.reason.or_else(|| shown.reason.clone()),
            owner: note.owner.or_else(|| shown.owner.clone()),
            until: note.until.or_else(|| shown.until.clone()),
        }
    }

    /// Turns to another entry; the next answer is for that one alone.
    fn go_to(&mut self, place: usize) {
        self.at = place;
        self.seen = self.seen.max(place);
        self.reach = Reach::One;
    }

    /// The places in the list that the next answer is for, the present one among them.
    fn reached(&self) -> Vec<usize> {
        let Some(this) = self.todo.get(self.at) else { return Vec::new() };
        let value = (self.reach == Reach::Value).then(|| (self.means.find)(this)).flatten();
        let is_reached = |place: usize, item: &Item| match self.reach {
            _ if place == self.at => true,
            Reach::One => false,
            Reach::File => item.path == this.path,
            // The hash of an identity is the same in every file; that of a value is not, so the value itself must be looked at.
            Reach::Value => item.what == this.what || value.as_ref().is_some_and(|value| self.has_value(item, value)),
        };
        self.todo.iter().enumerate().filter(|(place, item)| is_reached(*place, item)).map(|(place, _)| place).collect()
    }

    fn has_value(&self, item: &Item, wanted: &Sighting) -> bool {
        (self.means.find)(item).is_some_and(|found| found.value == wanted.value)
    }

    fn widen(&mut self, reach: Reach, terminal: &mut dyn Terminal) {
        self.reach = reach;
        let count = self.reached().len();
        terminal.show(&format!("the next answer is for {count} {}\n", if count == 1 { "entry" } else { "entries" }));
    }

    /// Asks for one part of the note and stays at the entry.
    fn note(&mut self, item: &Item, put: fn(&mut Note, String), prompt: &str, terminal: &mut dyn Terminal) -> Result<bool, E> {
        let Some(text) = terminal.line(prompt) else { return Ok(false) };
        let text = text.trim();
        if text.is_empty() {
            return Ok(true);
        }
        let mut note = item.note.clone();
        put(&mut note, text.to_owned());
        set(self.files, item, &note, self.means.fresh);
        if let Some(item) = self.todo.get_mut(self.at) {
            item.note = note;
        }
        (self.means.save)(self.files)?;
        Ok(true)
    }

    fn reveal(&self, item: &Item, terminal: &mut dyn Terminal) {
        let text = match (&self.means.reveal, (self.means.find)(item)) {
            (None, _) => "values are shown at a terminal only\n".to_owned(),
            (_, None) => "the value is no longer there\n".to_owned(),
            (Some(permission), Some(sighting)) => format!("{}\n", escape(sighting.value.reveal(permission))),
        };
        terminal.show(&text);
    }
}

/// What the person is told who answers too early.
fn demand(needs: &[Need]) -> String {
    let parts = needs.iter().map(|need| match need {
        Need::Reason => "a reason (`r` gives it)".to_owned(),
        Need::Owner => "an owner (`o` gives it)".to_owned(),
        Need::Until => "a last day (`baseline audit --mark LABEL --until DATE --hash HASH` gives it)".to_owned(),
    });
    format!("not labelled: a label needs {} here; then answer again\n", listed(parts))
}

fn label(label: Label) -> Mark {
    Mark { label: Some(label), ..Mark::default() }
}

/// Asks for a label by name or unambiguous beginning.
fn ask_label(terminal: &mut dyn Terminal) -> Option<Label> {
    let names: Vec<&str> = Label::ALL.iter().map(|label| label.as_str()).collect();
    let answer = terminal.line(&format!("{}: ", names.join(", ")))?;
    let answer = answer.trim();
    let mut fitting = Label::ALL.into_iter().filter(|label| label.as_str().starts_with(answer));
    match (Label::parse(answer), fitting.next(), fitting.next()) {
        (Ok(label), ..) => Some(label),
        (Err(_), Some(label), None) if !answer.is_empty() => Some(label),
        _ => None,
    }
}
