//! The decision: points for the name, for how it stands with its value, and for the value's shape.
//! Promises that a decision is a sum of named weights, so that it can be told to the reader and reviewed as data.
//! The weights were set by hand against labelled files; they know no file, project or wording.

use super::binding::Form;
use super::name::{Family, Meaning};
use super::place::Place;
use super::shape::Shape;
use crate::rule::Confidence;

/// From here on a candidate is reported at that confidence.
const HIGH: i32 = 60;
const MEDIUM: i32 = 40;
const LOW: i32 = 25;

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

/// How sure it is that the value is a secret; `None` if it is not.
pub fn decide(meaning: Meaning, form: Form, value: &Value) -> Option<Confidence> {
    let points = name_points(meaning) + form_points(form, meaning.family) + shape_points(meaning, value) + place_points(value);
    match if value.doubt == Some(Doubt::Interleaved) { points.min(MEDIUM - 1) } else { points } {
        HIGH.. => Some(Confidence::High),
        MEDIUM.. => Some(Confidence::Medium),
        LOW.. => Some(Confidence::Low),
        _ => None,
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
    let scheme = if value.has_scheme { 20 } else { 0 };
    let is_worded = matches!(value.shape, Shape::Word | Shape::WordAndNumber | Shape::Phrase);
    let is_random = matches!(value.shape, Shape::LettersAndDigits | Shape::HashSized | Shape::Hex | Shape::Composite);
    let delivered = if value.doubt == Some(Doubt::UsersName) { 10 } else { 0 };
    scheme
        - delivered
        - match value.place {
            Place::Translation if !is_random => 100,
            Place::Sample if is_worded => 10,
            _ => 0,
        }
}

/// What a value of that shape is worth under that name.
fn shape_points(meaning: Meaning, value: &Value) -> i32 {
    const NEVER: i32 = -100;
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
