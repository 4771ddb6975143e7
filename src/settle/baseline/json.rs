//! JSON as Python's `json` module holds it: keys in order, the kind of each number, strings that may carry lone surrogates.
//! Promises that what Python wrote is written back in the same bytes, and that any input is read in linear time or refused
//! with the line that is wrong; it never panics. Knows nothing of baselines.

mod read;
mod text;
mod write;

pub use text::Text;

/// Containers nested deeper than this are refused (Python's own limit lies near 1,000).
pub const MAX_DEPTH: u32 = 256;

/// A value and the line (from 1) on which it starts. Comparison looks at values only.
#[derive(Clone, Debug)]
pub struct Json {
    pub line: u32,
    pub value: Value,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Bool(bool),
    Number(Number),
    String(Text),
    Array(Vec<Json>),
    Object(Vec<Member>),
}

/// A key with its value. Keys of one object are distinct: as in Python, the last value wins and the first place stays.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    pub key: Text,
    pub value: Json,
}

/// A number of the kind it was written in.
#[derive(Clone, Debug, PartialEq)]
pub enum Number {
    /// The digits as written: Python's integers have no limit.
    Int(String),
    Float(f64),
}

/// Why a text is not what it should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct Invalid {
    /// From 1; 0 if the whole text is meant.
    pub line: u32,
    /// Lower case, without a full stop.
    pub message: String,
}

impl Invalid {
    pub fn new(line: u32, message: impl Into<String>) -> Self {
        Self { line, message: message.into() }
    }
}

/// Reads one JSON text with nothing but blanks round it.
pub fn read(text: &str) -> Result<Json, Invalid> {
    read::Reader::new(text).document()
}

/// The bytes of Python's `json.dumps(value, indent=2)`, without a final newline.
pub fn write_python(value: &Json) -> String {
    write::python(value)
}

/// One line without blanks; text stays UTF-8 but for what cannot be seen or must be escaped.
pub fn write_line(value: &Json) -> String {
    write::line(value)
}

impl PartialEq for Json {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl From<Value> for Json {
    fn from(value: Value) -> Self {
        Self { line: 0, value }
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Value::String(text.into()).into()
    }
}

impl From<Text> for Json {
    fn from(text: Text) -> Self {
        Value::String(text).into()
    }
}

impl From<bool> for Json {
    fn from(value: bool) -> Self {
        Value::Bool(value).into()
    }
}

impl From<u32> for Json {
    fn from(value: u32) -> Self {
        Value::Number(Number::Int(value.to_string())).into()
    }
}

impl From<f64> for Json {
    fn from(value: f64) -> Self {
        Value::Number(Number::Float(value)).into()
    }
}

impl<T: Into<Json>> From<Vec<T>> for Json {
    fn from(items: Vec<T>) -> Self {
        Value::Array(items.into_iter().map(Into::into).collect()).into()
    }
}

impl Json {
    pub fn object(members: Vec<Member>) -> Self {
        Value::Object(members).into()
    }

    pub fn as_text(&self) -> Option<&Text> {
        match &self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// A string without lone surrogates.
    pub fn as_str(&self) -> Option<&str> {
        self.as_text().and_then(Text::as_str)
    }

    pub fn as_bool(&self) -> Option<bool> {
        match self.value {
            Value::Bool(value) => Some(value),
            _ => None,
        }
    }

    pub fn as_u32(&self) -> Option<u32> {
        match &self.value {
            Value::Number(Number::Int(digits)) => digits.parse().ok(),
            _ => None,
        }
    }

    /// The number, whole or not.
    pub fn as_f64(&self) -> Option<f64> {
        match &self.value {
            Value::Number(Number::Int(digits)) => digits.parse().ok(),
            Value::Number(Number::Float(number)) => Some(*number),
            _ => None,
        }
    }

    pub fn as_array(&self) -> Option<&[Json]> {
        match &self.value {
            Value::Array(items) => Some(items),
            _ => None,
        }
    }

    pub fn as_object(&self) -> Option<&[Member]> {
        match &self.value {
            Value::Object(members) => Some(members),
            _ => None,
        }
    }

    /// The member of that name, if this is an object.
    pub fn get(&self, key: &str) -> Option<&Json> {
        self.as_object()?.iter().find(|member| member.key == *key).map(|member| &member.value)
    }

    pub fn is_null(&self) -> bool {
        self.value == Value::Null
    }

    /// What kind of value this is, for messages.
    pub fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(Number::Float(_)) => "a fraction",
            Value::Number(Number::Int(ref digits)) if digits.starts_with('-') => "a negative number",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::Array(_) => "a list",
            Value::Object(_) => "an object",
        }
    }
}

impl Member {
    pub fn new(key: &str, value: impl Into<Json>) -> Self {
        Self { key: key.into(), value: value.into() }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rewritten(text: &str) -> String {
        write_python(&read(text).unwrap())
    }

    #[test]
    fn strings_are_escaped_as_python_does() {
        assert_eq!(
            rewritten(r#""é/\/\u00e9\ud83d\ude00\udc80\u007f\b\f\n\r\t\\\"\u0000~""#),
            r#""\u00e9//\u00e9\ud83d\ude00\udc80\u007f\b\f\n\r\t\\\"\u0000~""#
        );
        assert_eq!(rewritten("\"😀\""), r#""\ud83d\ude00""#);
        // A high surrogate followed by an escape that is no low one stays alone, and the other keeps its meaning.
        assert_eq!(rewritten(r#""\ud83d\u0041\ud83dx""#), r#""\ud83dA\ud83dx""#);
    }

    #[test]
    fn numbers_keep_their_kind() {
        for (read, written) in [
            ("4", "4"),
            ("4.50", "4.5"),
            ("3.0", "3.0"),
            ("1e-5", "1e-05"),
            ("0.0001", "0.0001"),
            ("1e16", "1e+16"),
            ("1e15", "1000000000000000.0"),
            ("-0", "0"),
            ("-0.0", "-0.0"),
            ("1E5", "100000.0"),
            ("123456789012345678901234567890", "123456789012345678901234567890"),
            ("1e999", "Infinity"),
            ("NaN", "NaN"),
            ("-Infinity", "-Infinity"),
            ("1.7976931348623157e308", "1.7976931348623157e+308"),
        ] {
            assert_eq!(rewritten(read), written, "{read}");
        }
    }

    #[test]
    fn containers_are_laid_out_as_python_does() {
        assert_eq!(
            rewritten("{\"a\":[],\"b\":{},\"c\":[1,{\"d\":null}],\"a\":true}"),
            "{\n  \"a\": true,\n  \"b\": {},\n  \"c\": [\n    1,\n    {\n      \"d\": null\n    }\n  ]\n}"
        );
    }

    #[test]
    fn errors_name_the_line() {
        for (text, line) in [
            ("{\n\"a\" 1}", 2),
            ("[1,\n\n,2]", 3),
            ("\n\"a\tb\"", 2),
            ("[1] 2", 1),
            ("", 1),
            ("01", 1),
            ("\"\\u12g4\"", 1),
            ("{\"a\":1,}", 1),
            ("\"", 1),
        ] {
            assert_eq!(read(text).unwrap_err().line, line, "{text:?}");
        }
        assert!(read(&"[".repeat(100_000)).unwrap_err().message.contains("nested"));
    }

    #[test]
    fn paths_that_are_not_utf_8_survive() {
        for path in [&b"a\xff\xed\xa0\x80/b"[..], "größe/😀".as_bytes(), b""] {
            assert_eq!(Text::from_path(path).to_path().as_bytes(), path);
        }
    }

    proptest! {
        #[test]
        fn reading_is_total(bytes in proptest::collection::vec(any::<u8>(), 0..200), text in r#"[\[\]{}",:\\u0-9a-f\n .eE+-]{0,200}"#) {
            let _ = read(&String::from_utf8_lossy(&bytes));
            if let Ok(value) = read(&text) {
                prop_assert_eq!(write_python(&read(&write_python(&value)).unwrap()), write_python(&value));
                prop_assert_eq!(write_python(&read(&write_line(&value)).unwrap()), write_python(&value));
            }
        }

        #[test]
        fn any_path_survives(path in proptest::collection::vec(any::<u8>(), 0..50)) {
            let text = Text::from_path(&path);
            let value = Json::from(text.clone());
            let back = text.to_path();
            prop_assert_eq!(back.as_bytes(), &path[..]);
            prop_assert_eq!(&read(&write_python(&value)).unwrap(), &value);
            prop_assert_eq!(&read(&write_line(&value)).unwrap(), &value);
        }
    }
}
