//! Anchors, aliases, tags and directives.
//! Promises PyYAML's spelling rules, percent-escapes included.
//! What a tag means is in `event` and `resolve`.

use super::scanner::{Scanner, ends_line, ends_word};
use super::token::{Directive, Kind, Tag};
use super::{Read, Refused};

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-' || c == '_'
}

impl Scanner<'_> {
    /// `*name` or `&name`.
    pub(super) fn anchor(&mut self, alias: bool) -> Read<Kind> {
        self.forward(1);
        let name = self.take_while(is_name).to_owned();
        let next = self.char(0);
        if name.is_empty() || !(ends_word(next) || matches!(next, '?' | ':' | ',' | ']' | '}' | '%' | '@' | '`')) {
            return Err(Refused);
        }
        Ok(if alias { Kind::Alias(name) } else { Kind::Anchor(name) })
    }

    /// `!<uri>`, `!`, `!suffix`, `!!suffix`, `!handle!suffix`.
    pub(super) fn tag(&mut self) -> Read<Tag> {
        let next = self.char(1);
        let tag = if next == '<' {
            self.forward(2);
            let suffix = self.uri()?;
            if self.char(0) != '>' {
                return Err(Refused);
            }
            self.forward(1);
            Tag { handle: None, suffix }
        } else if ends_word(next) {
            self.forward(1);
            Tag { handle: None, suffix: "!".to_owned() }
        } else {
            let word = self.rest().get(1..).unwrap_or_default().split(|c| c == ' ' || ends_line(c)).next().unwrap_or_default();
            let handle = if word.contains('!') {
                self.handle()?
            } else {
                self.forward(1);
                "!".to_owned()
            };
            Tag { handle: Some(handle), suffix: self.uri()? }
        };
        let next = self.char(0);
        if next == ' ' || ends_line(next) { Ok(tag) } else { Err(Refused) }
    }

    /// `!`, `!!` or `!name!`.
    fn handle(&mut self) -> Read<String> {
        if self.char(0) != '!' {
            return Err(Refused);
        }
        self.forward(1);
        if self.char(0) == ' ' {
            return Ok("!".to_owned());
        }
        let name = self.take_while(is_name);
        if self.char(0) != '!' {
            return Err(Refused);
        }
        self.forward(1);
        Ok(format!("!{name}!"))
    }

    fn uri(&mut self) -> Read<String> {
        let mut uri = Vec::new();
        loop {
            let run = self.take_while(|c| c.is_ascii_alphanumeric() || "-;/?:@&=+$,_.!~*'()[]".contains(c));
            uri.extend_from_slice(run.as_bytes());
            if self.char(0) != '%' {
                break;
            }
            let mut codes = Vec::new();
            while self.char(0) == '%' {
                let code = self.rest().get(1..3).filter(|code| code.bytes().all(|b| b.is_ascii_hexdigit())).ok_or(Refused)?;
                codes.push(u8::from_str_radix(code, 16).map_err(|_| Refused)?);
                self.forward(3);
            }
            // Each run of escapes must be whole characters.
            uri.extend_from_slice(std::str::from_utf8(&codes).map_err(|_| Refused)?.as_bytes());
        }
        if uri.is_empty() { Err(Refused) } else { String::from_utf8(uri).map_err(|_| Refused) }
    }

    /// `%YAML 1.1`, `%TAG !x! prefix` or another directive.
    pub(super) fn directive(&mut self) -> Read<Directive> {
        self.forward(1);
        let name = self.take_while(is_name);
        let next = self.char(0);
        if name.is_empty() || !(next == ' ' || ends_line(next)) {
            return Err(Refused);
        }
        let directive = match name {
            "YAML" => {
                self.take_while(|c| c == ' ');
                let major = self.number()?;
                if self.char(0) != '.' {
                    return Err(Refused);
                }
                self.forward(1);
                self.number()?;
                Directive::Yaml(major)
            }
            "TAG" => {
                self.take_while(|c| c == ' ');
                let handle = self.handle()?;
                if self.char(0) != ' ' {
                    return Err(Refused);
                }
                self.take_while(|c| c == ' ');
                Directive::Tag { handle, prefix: self.uri()? }
            }
            _ => {
                self.take_while(|c| !ends_line(c));
                Directive::Other
            }
        };
        let next = self.char(0);
        if !(next == ' ' || ends_line(next)) {
            return Err(Refused);
        }
        self.ignored_line()?;
        Ok(directive)
    }

    fn number(&mut self) -> Read<u64> {
        let digits = self.take_while(|c| c.is_ascii_digit());
        if digits.is_empty() { Err(Refused) } else { Ok(digits.parse().unwrap_or(u64::MAX)) }
    }

    /// Blanks and a comment to the end of the line, and the line break.
    pub(super) fn ignored_line(&mut self) -> Read<()> {
        self.take_while(|c| c == ' ');
        if self.char(0) == '#' {
            self.take_while(|c| !ends_line(c));
        }
        if !ends_line(self.char(0)) {
            return Err(Refused);
        }
        self.line_break();
        Ok(())
    }
}
