//! What a string literal stands for where it stands: whether any expression could take its place, and which name it is given.
//! Promises to refuse a place that is not surely one for an expression, with a reason for people.
//! Changes nothing.

use super::string::Literal;
use super::token::Kind;
use super::{KEYWORDS, Module};

/// Keywords that an expression may follow.
const BEFORE: &[&[u8]] = &[
    b"and", b"assert", b"elif", b"else", b"from", b"if", b"in", b"is", b"match", b"not", b"or", b"raise", b"return", b"while",
    b"with", b"yield",
];
/// Keywords that may follow an expression.
const BEHIND: &[&[u8]] = &[b"and", b"as", b"async", b"else", b"for", b"from", b"if", b"in", b"is", b"not", b"or"];
/// Operators that no expression follows.
const CLOSED: &[&[u8]] = &[b")", b"]", b"}", b".", b"...", b"->", b"!"];
/// Operators that follow no expression that is a value.
const TARGET: &[&[u8]] = &[
    b"=", b":=", b"(", b"{", b"->", b"!", b"...", b"+=", b"-=", b"*=", b"/=", b"%=", b"&=", b"|=", b"^=", b"@=", b"**=", b"//=",
    b">>=", b"<<=",
];
/// Names whose lists tools read without running the module.
const READ_BY_TOOLS: &[&[u8]] = &[b"__all__", b"__slots__", b"__match_args__"];

/// What stands between a token and the comma, bracket or statement before it, at the same depth.
#[derive(Clone, Copy, Debug, Default)]
struct Lead {
    /// The last `=`, `:=`, `==` or `!=`.
    equals: Option<usize>,
    /// The first `:` that is no lambda's.
    colon: Option<usize>,
    /// A `->`.
    arrow: bool,
}

impl Lead {
    /// Whether what follows is a type, if it is in a place that has types: behind the colon and not behind an equals sign.
    fn is_annotated(self) -> bool {
        self.colon.is_some_and(|colon| self.equals.is_none_or(|equals| equals < colon))
    }
}

impl Module<'_> {
    /// Why the string literal that is token `index` cannot be replaced by another expression; `None` if it can.
    pub fn why_fixed(&self, index: usize) -> Option<&'static str> {
        if self.around(index).any(|(_, open)| self.kind(open) == Some(Kind::FStringStart)) {
            return Some("it is inside the braces of an f-string, where not every Python lets quotes nest");
        }
        let by_statement = self.statement_fault(index).or_else(|| self.neighbours(index));
        by_statement.or_else(|| self.around(index).find_map(|(inner, open)| self.bracket_fault(inner, open)))
    }

    /// From token `index` outwards: each token that is inside a bracket with the token that opens it.
    fn around(&self, index: usize) -> impl Iterator<Item = (usize, usize)> {
        let step = |index: usize| self.token(index).and_then(|token| token.within).map(|open| (index, open));
        std::iter::successors(step(index), move |&(_, open)| step(open))
    }

    fn neighbours(&self, index: usize) -> Option<&'static str> {
        let is_string =
            |kind: Option<Kind>| matches!(kind, Some(Kind::String | Kind::FStringStart | Kind::FStringEnd | Kind::FStringMiddle));
        let before = index.checked_sub(1).and_then(|index| self.kind(index));
        if is_string(before) || is_string(self.kind(index + 1)) {
            return Some("it is one of several literals side by side, which are one string together");
        }
        let statement = self.statement_of(index)?;
        let ends = matches!(self.kind(index + 1), None | Some(Kind::Newline)) || self.word(index + 1) == b";";
        if statement.tokens.start == index && ends {
            return Some("it stands alone, like a docstring");
        }
        let may_follow = match before {
            None | Some(Kind::Newline) => true,
            Some(Kind::Op) => !CLOSED.contains(&self.before(index, 1)),
            Some(Kind::Name) => BEFORE.contains(&self.before(index, 1)),
            _ => false,
        };
        let may_precede = match self.kind(index + 1) {
            None | Some(Kind::Newline) => true,
            Some(Kind::Op) => !TARGET.contains(&self.word(index + 1)),
            Some(Kind::Name) => BEHIND.contains(&self.word(index + 1)),
            _ => false,
        };
        (!may_follow || !may_precede).then_some("what stands beside it is no Python 3")
    }

    fn statement_fault(&self, index: usize) -> Option<&'static str> {
        let statement = self.statement_of(index)?;
        let first = statement.tokens.start;
        let outermost = self.around(index).last().map_or(index, |(_, open)| open);
        let lead = self.lead(outermost);
        match self.word(first) {
            b"case" if statement.is_head => Some("it is a pattern of a `match` statement"),
            b"@" if outermost == index => Some("it is a decorator"),
            b"type" if self.is_name(first + 1) && !KEYWORDS.contains(&self.word(first + 1)) => Some("it is part of a type alias"),
            name if READ_BY_TOOLS.contains(&name) => Some("it is part of a list of names that tools read"),
            _ => (lead.arrow || lead.is_annotated()).then_some("it is a type annotation"),
        }
    }

    /// What speaks against the place of a token directly inside the bracket `open`.
    fn bracket_fault(&self, index: usize, open: usize) -> Option<&'static str> {
        let lead = self.lead(index);
        match self.word(open) {
            b"[" if self.is_value_before(open) => Some("it is inside a subscript or an annotation"),
            b"(" if self.is_parameters(open) && lead.is_annotated() => Some("it is a type annotation"),
            b"(" if self.looks_up_environment(open) => {
                Some("it is the default of an environment look-up already: leave the default out")
            }
            b"{" if lead.colon.is_none() && self.is_key(index, open) => Some("it is a key of a dictionary"),
            _ => None,
        }
    }

    fn lead(&self, index: usize) -> Lead {
        let mut lead = Lead::default();
        let mut before = None;
        for at in self.same_level_before(index) {
            match (self.kind(at), self.word(at)) {
                (Some(Kind::Op), b"=" | b":=" | b"==" | b"!=") => lead.equals = lead.equals.or(Some(at)),
                (Some(Kind::Op), b"->") => lead.arrow = true,
                (Some(Kind::Op), b":") => {
                    before = lead.colon;
                    lead.colon = Some(at);
                }
                (Some(Kind::Name), b"lambda") if lead.colon.is_some() => lead.colon = before.take(),
                _ => {}
            }
        }
        lead
    }

    /// The tokens before `index` inside the same bracket, last first, up to a comma or to the beginning of the statement.
    fn same_level_before(&self, index: usize) -> impl Iterator<Item = usize> {
        let within = self.token(index).and_then(|token| token.within);
        let start = match within {
            Some(open) => open + 1,
            None => self.statement_of(index).map_or(0, |statement| statement.tokens.start),
        };
        let level = (start..index).rev().filter(move |&at| self.token(at).is_some_and(|token| token.within == within));
        level.take_while(move |&at| within.is_none() || self.word(at) != b",")
    }

    /// Whether a `:` follows a token directly inside the bracket `open` before the next comma.
    fn is_key(&self, index: usize, open: usize) -> bool {
        let inside = self.tokens.iter().enumerate().skip(index + 1).take_while(|(_, token)| token.within >= Some(open));
        let mut level = inside.filter(|(_, token)| token.within == Some(open)).map(|(_, token)| self.text_of(token));
        level.find(|word| matches!(*word, b"," | b":")) == Some(b":")
    }

    /// Whether what stands before the bracket is a value, so that the bracket is a subscript or a call.
    fn is_value_before(&self, open: usize) -> bool {
        let Some(before) = open.checked_sub(1) else { return false };
        match self.kind(before) {
            Some(Kind::Name) => !KEYWORDS.contains(&self.word(before)),
            Some(Kind::Op) => matches!(self.word(before), b")" | b"]" | b"}"),
            Some(Kind::String | Kind::FStringEnd) => true,
            _ => false,
        }
    }

    /// Whether a bracket opens the parameters of a function.
    fn is_parameters(&self, open: usize) -> bool {
        let mut name = open.checked_sub(1);
        if name.is_some_and(|name| self.word(name) == b"]") {
            // `def f[T](…)`
            let within = self.token(open).and_then(|token| token.within);
            let opener = (0..open - 1).rev().find(|&at| self.token(at).is_some_and(|token| token.within == within));
            name = opener.and_then(|opener| opener.checked_sub(1));
        }
        name.is_some_and(|name| self.is_name(name) && self.before(name, 1) == b"def")
    }

    /// Whether a bracket opens the arguments of `os.getenv`, `os.environ.get` and the like.
    fn looks_up_environment(&self, open: usize) -> bool {
        match self.before(open, 1) {
            b"getenv" => true,
            b"get" | b"setdefault" | b"pop" => self.before(open, 2) == b"." && self.before(open, 3) == b"environ",
            _ => false,
        }
    }

    /// The name that a value is given: by assignment, as keyword argument, under a key, by comparison. Looks outwards from token `index`.
    pub fn name_of(&self, index: usize) -> Option<String> {
        let outwards = std::iter::once(index).chain(self.around(index).map(|(_, open)| open));
        outwards.into_iter().find_map(|index| self.name_at_level(index))
    }

    fn name_at_level(&self, index: usize) -> Option<String> {
        let lead = self.lead(index);
        let target = match (lead.equals, lead.colon) {
            // `name: type = value`
            (Some(equals), Some(colon)) if colon < equals && self.word(equals) == b"=" => colon,
            (Some(equals), _) => equals,
            (None, colon) => colon?,
        };
        let at = target.checked_sub(1)?;
        let named = match self.word(at) {
            // `x["name"] = value`: what is inside the brackets.
            b"]" => at.checked_sub(1).filter(|&inside| self.kind(inside) == Some(Kind::String))?,
            _ => at,
        };
        let text = match self.kind(named)? {
            Kind::String => Literal::new(self.word(named)).content(),
            Kind::Name => self.word(named),
            _ => return None,
        };
        std::str::from_utf8(text).ok().map(str::to_owned)
    }

    /// The names of environment variables that the module looks up.
    pub fn environment_names(&self) -> impl Iterator<Item = &[u8]> {
        let strings = self.tokens.iter().enumerate().filter(|(_, token)| token.kind == Kind::String);
        let names = strings.filter(|&(index, _)| {
            let open = index.wrapping_sub(1);
            (self.before(index, 1) == b"[" && self.before(index, 2) == b"environ")
                || (self.before(index, 1) == b"(" && self.looks_up_environment(open))
        });
        names.map(|(_, token)| Literal::new(self.text_of(token)).content())
    }
}

#[cfg(test)]
#[path = "place_tests.rs"]
mod tests;
