//! Values of the configuration that are more than text: sizes, dates, hashes.
//! Promises that a value was checked when it was read, and that a refused hash is not repeated: somebody may have written the secret itself.
//! Has no clock: whether a date has passed is asked with today's date in hand.

use std::fmt;
use std::str::FromStr;

use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use toml::Spanned;
use toml::value::Datetime;

use crate::rule::Confidence;
use crate::source::quote;

/// A size in bytes, written as a number or as text with a unit: `50MB` (10⁶), `50MiB` (2²⁰).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(try_from = "WrittenSize")]
pub struct Size(pub u64);

#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a size in bytes, like `50000000` or `\"50MB\"`")]
enum WrittenSize {
    Bytes(u64),
    Text(String),
}

impl TryFrom<WrittenSize> for Size {
    type Error = String;

    fn try_from(written: WrittenSize) -> Result<Self, String> {
        match written {
            WrittenSize::Bytes(0) => {
                Err("a size of 0 would leave nothing to judge; leave the key out for the default".to_owned())
            }
            WrittenSize::Bytes(bytes) => Ok(Self(bytes)),
            WrittenSize::Text(text) => text.parse(),
        }
    }
}

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = text.split_at_checked(digits).unwrap_or_default();
        let factor = match unit.strip_prefix(' ').unwrap_or(unit).to_ascii_lowercase().as_str() {
            "" | "b" => Some(1),
            "kb" => Some(1000),
            "mb" => Some(1_000_000),
            "gb" => Some(1_000_000_000),
            "kib" => Some(1 << 10),
            "mib" => Some(1 << 20),
            "gib" => Some(1_u64 << 30),
            _ => None,
        };
        let bytes = number.parse::<u64>().ok().zip(factor).and_then(|(number, factor)| number.checked_mul(factor));
        match bytes {
            Some(bytes) if bytes > 0 => Ok(Self(bytes)),
            _ => Err(format!(
                "{} is not a size; expected bytes or a unit of B, kB, MB, GB, KiB, MiB, GiB, like `50MB`",
                quote(text)
            )),
        }
    }
}

/// A day, `YYYY-MM-DD`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "WrittenDate")]
pub struct Date(toml::value::Date);

#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a date, like `2027-01-31`")]
enum WrittenDate {
    Toml(Datetime),
    Text(String),
}

impl TryFrom<WrittenDate> for Date {
    type Error = String;

    fn try_from(written: WrittenDate) -> Result<Self, String> {
        match written {
            WrittenDate::Toml(Datetime { date: Some(date), time: None, offset: None }) => Ok(Self(date)),
            WrittenDate::Toml(other) => Err(not_a_date(&other.to_string())),
            WrittenDate::Text(text) => text.parse(),
        }
    }
}

/// Only the day itself: `2027-01-31`, a day that the calendar has.
impl FromStr for Date {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.parse::<Datetime>() {
            Ok(Datetime { date: Some(date), time: None, offset: None }) => Ok(Self(date)),
            _ => Err(not_a_date(text)),
        }
    }
}

fn not_a_date(text: &str) -> String {
    format!("{} is not a date; expected year, month and day, like `2027-01-31`", quote(text))
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The SHA-256 of a secret's normalised value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String", expecting = "64 hexadecimal digits")]
pub struct Sha256(pub [u8; 32]);

impl TryFrom<String> for Sha256 {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        data_encoding::HEXLOWER_PERMISSIVE
            .decode(text.as_bytes())
            .ok()
            .and_then(|bytes| bytes.try_into().ok())
            .map(Self)
            .ok_or("`value-sha256` takes 64 hexadecimal digits: the hash of the value, never the value itself")
    }
}

/// The levels of confidence as they are written.
#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(super) enum Level {
    Low,
    Medium,
    High,
}

/// `low`, `medium` or `high`.
pub(super) fn confidence<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Confidence>, D::Error> {
    Ok(Some(match Level::deserialize(deserializer)? {
        Level::Low => Confidence::Low,
        Level::Medium => Confidence::Medium,
        Level::High => Confidence::High,
    }))
}

/// The path of a file from the root of the repository, as git spells it: `./ci//known` is `ci/known`.
pub(super) fn path<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let written = String::deserialize(deserializer)?;
    let mut parts: Vec<&str> = Vec::new();
    for part in written.split('/').filter(|part| !matches!(*part, "" | ".")) {
        let is_above = part == ".." && parts.last().is_some_and(|last| *last != "..");
        if is_above {
            parts.pop();
        } else {
            parts.push(part);
        }
    }
    if parts.is_empty() || written.ends_with('/') {
        return Err(serde::de::Error::custom("expected the path of a file, like `ci/.secrets.baseline`"));
    }
    if written.starts_with('/') || parts.first() == Some(&"..") {
        return Err(serde::de::Error::custom(
            "the path leads out of the repository; expected a file in it, like `ci/.secrets.baseline`",
        ));
    }
    Ok(parts.join("/"))
}

/// A key that may be left out, and takes a [`path`].
pub(super) fn optional_path<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    path(deserializer).map(Some)
}

/// A table and nothing else: serde's derived code would take a list for one, its fields by position.
struct Table<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Table<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Keys<T>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Keys<T> {
            type Value = Table<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a table")
            }

            fn visit_map<A: MapAccess<'de>>(self, keys: A) -> Result<Table<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(keys)).map(Table)
            }
        }
        deserializer.deserialize_any(Keys(std::marker::PhantomData))
    }
}

/// One table.
pub(super) fn table<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    Table::deserialize(deserializer).map(|Table(table)| table)
}

/// A table that may be left out.
pub(super) fn optional_table<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    table(deserializer).map(Some)
}

/// A list of tables, each with its place.
pub(super) fn tables<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Vec<Spanned<T>>, D::Error> {
    let tables = Vec::<Spanned<Table<T>>>::deserialize(deserializer)?;
    Ok(tables.into_iter().map(|table| Spanned::new(table.span(), table.into_inner().0)).collect())
}

/// How many layers of encoding may be undone: 0 to 5.
pub(super) fn decode_depth<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u8, D::Error> {
    depth(deserializer, "decode-depth")
}

/// How many archives within each other may be opened: 0 to 5.
pub(super) fn archive_depth<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u8, D::Error> {
    depth(deserializer, "archive-depth")
}

fn depth<'de, D: Deserializer<'de>>(deserializer: D, key: &str) -> Result<u8, D::Error> {
    let depth = i64::deserialize(deserializer)?;
    let is_meant = |depth: &u8| *depth <= 5;
    let refused = || serde::de::Error::custom(format!("`{key}` is a number from 0 to 5, not {depth}"));
    u8::try_from(depth).ok().filter(is_meant).ok_or_else(refused)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sizes_have_decimal_and_binary_units() {
        let size = |text: &str| text.parse::<Size>().ok().map(|size| size.0);
        assert_eq!(size("50MB"), Some(50_000_000));
        assert_eq!(size("2 MiB"), Some(2 << 20));
        assert_eq!(size("7"), Some(7));
        for bad in ["", "MB", "-1", "1.5MB", "0", "0kB", "1 parsec", "99999999999GB", "٣MB"] {
            assert_eq!(size(bad), None, "{bad}");
        }
    }

    #[test]
    fn dates_are_days_of_the_calendar_and_sort() {
        let date = |text: &str| text.parse::<Date>().ok();
        assert_eq!(date("2028-02-29").map(|d| d.to_string()), Some("2028-02-29".to_owned()));
        for bad in ["2027-02-29", "2027-13-01", "2027-1-1", "31.01.2027", "2027-01-31T00:00:00Z", "12:00:00", "", " 2027-01-31"] {
            assert_eq!(date(bad), None, "{bad}");
        }
        assert!(date("2026-12-31") < date("2027-01-01"));
    }

    proptest! {
        #[test]
        fn reading_values_is_total(text in ".{0,40}") {
            if let Ok(date) = text.parse::<Date>() {
                prop_assert_eq!(date.to_string(), text.clone());
            }
            let _ = text.parse::<Size>();
            let _ = Sha256::try_from(text);
        }
    }
}
