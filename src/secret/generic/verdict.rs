//! The decision: points for the name, for how it stands with its value, and for the value's shape.
//! Promises that a decision is a sum of named weights, so that it can be told to the reader and reviewed as data.
//! The weights were set by hand against labelled files; they know no file, project or wording.

use super::binding::Form;
use super::name::{Family, Meaning};
use super::place::Place;
use super::shape::Shape;
use crate::rule::Confidence;
use crate::source::escape;

/// From here on a candidate is reported at that confidence.
const HIGH: i32 = 60;
const MEDIUM: i32 = 40;
const LOW: i32 = 25;
/// Outweighs all else.
const NEVER: i32 = -100;

/// What is known of a value.
#[derive(Clone, Copy, Debug)]
pub struct Value {
    pub shape: Shape,
    /// In bytes.
    pub length: usize,
    /// An authentication scheme stands before it.
    pub has_scheme: bool,
    /// `Sample` only for words.
    pub place: Place,
    pub doubt: Option<Doubt>,
}

/// What makes a value less likely to be a secret than it looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// The name says that it is a digest.
    Digest,
    /// It is typed in the order of the alphabet.
    Interleaved,
    /// The user beside it has the same name.
    UsersName,
}

/// What each piece of evidence is worth, in points: more than none speaks for a secret, less against.
#[derive(Clone, Copy, Debug)]
pub struct Weights {
    name: i32,
    form: i32,
    shape: i32,
    place: i32,
    scheme: i32,
    delivered: i32,
    is_interleaved: bool,
}

impl Weights {
    pub fn of(meaning: Meaning, form: Form, value: &Value) -> Self {
        Self {
            name: name_points(meaning),
            form: form_points(form, meaning.family),
            shape: shape_points(meaning, value),
            place: place_points(value),
            scheme: if value.has_scheme { 20 } else { 0 },
            delivered: if value.doubt == Some(Doubt::UsersName) { -10 } else { 0 },
            is_interleaved: value.doubt == Some(Doubt::Interleaved),
        }
    }

    fn sum(&self) -> i32 {
        let sum = self.name + self.form + self.shape + self.place + self.scheme + self.delivered;
        if self.is_interleaved { sum.min(MEDIUM - 1) } else { sum }
    }

    /// How sure it is that the value is a secret; `None` if it is not.
    pub fn confidence(&self) -> Option<Confidence> {
        match self.sum() {
            HIGH.. => Some(Confidence::High),
            MEDIUM.. => Some(Confidence::Medium),
            LOW.. => Some(Confidence::Low),
            _ => None,
        }
    }

    /// Why a value is none: what there is against what there would have to be.
    pub fn verdict(&self) -> String {
        format!("too little speaks for it: {} points of {LOW}", self.sum())
    }

    /// The evidence, for and against, with its points.
    pub fn notes(&self, name: &[u8], form: Form, value: &[u8], shape: Shape) -> Vec<String> {
        let characters = value.utf8_chunks().map(|chunk| chunk.valid().chars().count() + chunk.invalid().len()).sum::<usize>();
        let named = format!("named `{}` ({:+})", escape(name), self.name);
        let formed = format!("{} ({:+})", form.describe(), self.form);
        let shaped = format!("{characters} characters, {} ({:+})", shape.describe(), self.shape);
        let more = [
            ("an authentication scheme stands before it", self.scheme),
            ("words in such a place are made up", self.place),
            ("the user beside it has the same name", self.delivered),
        ];
        let more = more.into_iter().filter(|(_, points)| *points != 0).map(|(what, points)| format!("{what} ({points:+})"));
        let interleaved = self.is_interleaved.then(|| "typed in the order of the alphabet (low at most)".to_owned());
        [named, formed, shaped].into_iter().chain(more).chain(interleaved).collect()
    }
}

fn name_points(meaning: Meaning) -> i32 {
    match (meaning.family, meaning.vague) {
        (Family::Password, _) => 30,
        (Family::Secret, false) => 25,
        (Family::Key | Family::Token, false) => 15,
        (Family::Secret | Family::Credential, _) => 5,
        (Family::Token, true) => -5,
        (Family::Key, true) if meaning.is_qualified => -10,
        (Family::Key, true) => -20,
    }
}

fn form_points(form: Form, family: Family) -> i32 {
    match form {
        Form::Decoded => 25,
        Form::Quoted | Form::Wrapped | Form::Login => 20,
        Form::Bare | Form::Pair | Form::Default | Form::Markup => 15,
        Form::Argument if family == Family::Password => 5,
        Form::Compared | Form::Embedded | Form::Argument | Form::Element => 10,
        Form::Number => 0,
    }
}

/// What stands round the value. Words in tests and manuals are made up; what looks random there was often copied from life.
fn place_points(value: &Value) -> i32 {
    let is_worded = matches!(value.shape, Shape::Word | Shape::WordAndNumber | Shape::Phrase);
    let is_random = matches!(value.shape, Shape::LettersAndDigits | Shape::HashSized | Shape::Hex | Shape::Composite);
    match value.place {
        Place::Translation if !is_random => NEVER,
        Place::Sample if is_worded => -10,
        _ => 0,
    }
}

/// What a value of that shape is worth under that name.
fn shape_points(meaning: Meaning, value: &Value) -> i32 {
    let is_password = meaning.family == Family::Password;
    let is_secret = meaning.family == Family::Secret && !meaning.vague;
    let by_length = |short: i32, eight: i32, sixteen: i32, twenty: i32| match value.length {
        0..=3 => NEVER,
        4..=7 => short,
        8..=15 => eight,
        16..=19 => sixteen,
        _ => twenty,
    };
    match value.shape {
        Shape::Harmless(_) => NEVER,
        Shape::Word if is_password => by_length(-10, -5, -5, -5),
        Shape::Identifier if is_password => by_length(-30, -25, -25, -25),
        Shape::Word | Shape::Identifier => by_length(-60, -40, -30, -30),
        Shape::Number if is_password => by_length(-5, 0, 0, 0),
        Shape::Number if is_secret => -5,
        // Ids of rows and of accounts are shorter.
        Shape::Number => by_length(-40, -10, 10, 10),
        Shape::WordAndNumber if is_password => 10,
        Shape::WordAndNumber => by_length(-40, -30, -20, -10),
        Shape::Letters | Shape::MixedCase | Shape::LettersAndDigits | Shape::Symbols if is_password => by_length(10, 15, 20, 20),
        Shape::Phrase if is_password => by_length(-10, 5, 10, 10),
        Shape::Phrase => by_length(-30, -20, -15, 0),
        Shape::Letters if is_secret => by_length(-5, 10, 20, 25),
        Shape::Letters => by_length(-20, 10, 20, 25),
        // No mark or word makes 32 such characters.
        Shape::MixedCase | Shape::Symbols if value.length >= 32 => 40,
        Shape::MixedCase | Shape::Symbols => by_length(-20, 5, 20, 35),
        Shape::LettersAndDigits => by_length(-10, 15, 25, 40),
        Shape::HashSized | Shape::Hex if value.doubt == Some(Doubt::Digest) => NEVER,
        Shape::HashSized => 40,
        Shape::Hex => by_length(-20, 10, 30, 40),
        Shape::Uuid => 20,
        Shape::Composite => 15,
    }
}
