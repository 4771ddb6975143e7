//! The literals that an expression may come to: by conditions, `or`, brackets, calls that hand their argument on or have a default.
//! Promises to end where the expression does, and to go on where it spans lines.
//! Knows no grammar: what is no Python comes to nothing.

use super::super::binding::Form;
use super::super::literal;
use super::reader::Reader;
use crate::python::token::{Kind, Token};

/// Calls whose first argument is the value, besides those of other languages.
#[rustfmt::skip]
const WRAPPERS: &[&str] = &[
    "option", "argument", "query", "form", "body", "password", "token", "apikey", "quote", "quote_plus",
    "generate_password_hash", "make_password", "hash_password", "hashpw", "sha256", "sha1", "sha512", "md5",
];

/// Calls with a default, and its place.
#[rustfmt::skip]
const GETTERS: &[(&str, usize)] = &[
    ("get", 1), ("getenv", 1), ("pop", 1), ("setdefault", 1), ("config", 1), ("env", 1), ("str", 1), ("prompt", 1), ("getattr", 2),
];

/// Keywords of a default.
const DEFAULTS: &[&[u8]] = &[b"default", b"fallback", b"value", b"initial", b"default_factory", b"default_value"];

/// Methods that give the value back.
const SAME: &[&[u8]] = &[b"encode", b"decode", b"strip", b"rstrip", b"lstrip", b"get_secret_value", b"digest", b"hexdigest"];

impl Reader<'_> {
    /// What an expression may come to. Ends before what is no part of it.
    pub fn expression(&mut self, mut form: Form) {
        let start = self.found.len();
        loop {
            let from = self.found.len();
            self.sum(form);
            // The next line of brackets that were opened before the name.
            if self.kind() == Some(Kind::Newline) && matches!(self.second().1, b"or" | b"and") {
                self.take();
            }
            match self.word() {
                b"or" if form == Form::Quoted => form = Form::Default,
                b"or" => {}
                // What is tested, and the names of a chain: `a = b = "value"`.
                b"and" | b"=" | b":=" => self.found.truncate(from),
                b"if" => self.skip_condition(),
                b"==" | b"!=" | b"<" | b">" | b"<=" | b">=" | b"in" | b"is" | b"not" => {
                    while matches!(self.second().1, b"in" | b"not") {
                        self.take();
                    }
                    // What is compared comes to true or false.
                    self.found.truncate(start);
                    self.take();
                    // `===` of JavaScript in a text.
                    self.takes(b"=");
                    self.over(|reader| reader.sum(form));
                    continue;
                }
                _ => return,
            }
            if self.take().is_none() {
                return;
            }
        }
    }

    /// Up to the `else` of a condition; where it has none, up to its end.
    fn skip_condition(&mut self) {
        loop {
            match self.word() {
                b"" | b"else" | b")" | b"]" | b"}" | b"," | b":" | b"=" | b";" => return,
                b"(" | b"[" | b"{" => {
                    self.take();
                    self.leave();
                }
                _ => {
                    self.take();
                }
            }
        }
    }

    /// Operands with arithmetic between them: the first one counts.
    fn sum(&mut self, form: Form) {
        let from = self.found.len();
        self.operand(form);
        loop {
            match self.word() {
                // `"-" * 8`
                b"*" => self.found.truncate(from),
                b"+" | b"-" | b"/" | b"//" | b"%" | b"|" | b"&" | b"^" | b"<<" | b">>" | b"@" | b"**" => {}
                _ => return,
            }
            self.take();
            self.over(|reader| reader.operand(form));
        }
    }

    /// What one operand may come to.
    pub fn operand(&mut self, form: Form) {
        self.skip_lines();
        match (self.kind(), self.word()) {
            (Some(Kind::String | Kind::FStringStart), _) => self.literals(form),
            (Some(Kind::Name), b"lambda") => {
                while !matches!(self.word(), b":" | b"" | b")") {
                    self.take();
                }
                self.take();
                self.nested(|reader| reader.expression(form));
            }
            (Some(Kind::Name), b"not" | b"await" | b"yield") | (_, b"-" | b"~") => {
                self.take();
                self.over(|reader| reader.nested(|reader| reader.operand(form)));
            }
            (Some(Kind::Name), _) => {
                if let Some(name) = self.take() {
                    self.named(name);
                }
            }
            (_, b"(" | b"[" | b"{") => self.group(form),
            (Some(Kind::Number), _) | (_, b"...") => {
                self.take();
            }
            _ => {}
        }
        self.trailers();
    }

    /// `.encode()`, `[1:]` behind a literal or a bracket.
    fn trailers(&mut self) {
        loop {
            match self.word() {
                b"." => {
                    self.take();
                    self.take();
                }
                b"(" | b"[" => {
                    self.take();
                    self.leave();
                }
                _ => return,
            }
        }
    }

    /// What brackets hold: one expression, or elements where such can be the value; of a dictionary the values, if the name stands for several.
    fn group(&mut self, form: Form) {
        let (from, opener) = (self.found.len(), self.word());
        let mut is_collection = opener != b"(";
        self.take();
        self.nested(|reader| {
            loop {
                let kept = reader.found.len();
                reader.expression(if is_collection { Form::Element } else { form });
                if opener == b"{" && reader.takes(b":") {
                    reader.found.truncate(kept);
                    reader.expression(Form::Element);
                    reader.found.truncate(if reader.is_plural { usize::MAX } else { kept });
                }
                if !reader.takes(b",") {
                    break;
                }
                is_collection = true;
            }
            reader.skip_lines();
            let is_closed = reader.takes(b")") || reader.takes(b"]") || reader.takes(b"}");
            if !is_closed {
                reader.leave();
            }
            if !is_closed || is_collection && !matches!(form, Form::Quoted | Form::Compared) {
                reader.found.truncate(from);
            }
        });
        if is_collection {
            self.found.iter_mut().skip(from).for_each(|given| given.binding.form = Form::Element);
        }
    }

    /// A name, what it has and what it is called with.
    fn named(&mut self, name: Token) {
        let from = self.found.len();
        let mut last = self.text_of(Some(name));
        let mut is_method = false;
        loop {
            match self.word() {
                b"." => {
                    self.take();
                    (last, is_method) = (self.word(), true);
                    if !SAME.contains(&last) {
                        self.found.truncate(from);
                    }
                    self.take();
                }
                b"(" => {
                    let is_decoder = literal::is_decoder(self.text_from(name), 0);
                    self.nested(|reader| reader.call(last, is_method, is_decoder));
                }
                b"[" => {
                    self.found.truncate(from);
                    self.take();
                    self.leave();
                }
                _ => return,
            }
        }
    }

    /// The arguments of `callee` that it hands on or has for a default.
    fn call(&mut self, callee: &[u8], is_method: bool, is_decoder: bool) {
        let is = |name: &str| callee.eq_ignore_ascii_case(name.as_bytes());
        let getter = GETTERS.iter().find(|(name, _)| is(name)).map(|(_, place)| *place);
        // `env.str("NAME", "default")` is none.
        let is_wrapper = literal::is_wrapper(callee) && !(is_method && is("str")) || WRAPPERS.iter().any(|name| is(name));
        let wrapped = if is_decoder { Form::Decoded } else { Form::Wrapped };
        self.take();
        self.arguments(|place, keyword| match keyword {
            Some(keyword) if !DEFAULTS.contains(&keyword) => None,
            Some(_) if place > 0 => Some(Form::Default),
            Some(_) => Some(Form::Wrapped),
            None if place == 0 && is_wrapper => Some(wrapped),
            // A type of its own, or what only looks up a name.
            None if place == 0 && callee.first().is_some_and(u8::is_ascii_uppercase) => Some(Form::Argument),
            None => (getter == Some(place)).then_some(Form::Default),
        });
    }

    /// Reads arguments up to the bracket that closes them, and over it; keeps those that have a form by their place and keyword.
    pub fn arguments(&mut self, form: impl Fn(usize, Option<&[u8]>) -> Option<Form>) {
        let mut place = 0;
        loop {
            self.skip_lines();
            let is_star = self.takes(b"*") || self.takes(b"**");
            let keyword = if self.second() == (Some(Kind::Op), b"=") { self.take() } else { None };
            if keyword.is_some() {
                self.take();
            }
            let kept = self.found.len();
            let form = form(place, keyword.map(|keyword| self.text_of(Some(keyword)))).filter(|_| !is_star);
            self.expression(form.unwrap_or(Form::Quoted));
            if form.is_none() {
                self.found.truncate(kept);
            }
            self.skip_lines();
            place += 1;
            if self.takes(b",") {
                continue;
            }
            if !self.takes(b")") {
                self.leave();
            }
            return;
        }
    }
}
