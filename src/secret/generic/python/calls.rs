//! Calls whose argument is a secret by its place alone: `smtp.login(user, "value")`, `jwt.encode(claims, "value")`.
//! Promises nothing of an argument that is no literal.
//! Knows the standard library and what is most used besides; the names of arguments are read elsewhere.

use super::super::binding::Form;
use super::super::context::{Site, byte};
use super::super::name::{Family, Meaning};
use super::Given;
use super::reader::Reader;

/// The function, which of its arguments is a secret, and of what kind.
const CALLS: &[(&[u8], usize, Family)] = &[
    (b"login", 1, Family::Password),
    (b"create_superuser", 2, Family::Password),
    (b"create_user", 2, Family::Password),
    (b"keyring.set_password", 2, Family::Password),
    (b"pymysql.connect", 2, Family::Password),
    (b"MySQLdb.connect", 2, Family::Password),
    (b"cx_Oracle.connect", 1, Family::Password),
    (b"oracledb.connect", 1, Family::Password),
    (b"ssh.connect", 3, Family::Password),
    (b"simple_bind_s", 1, Family::Password),
    (b"ftplib.FTP", 2, Family::Password),
    (b"TOTP", 0, Family::Secret),
    (b"Fernet", 0, Family::Secret),
    (b"jwt.encode", 1, Family::Secret),
    (b"jwt.decode", 1, Family::Secret),
    (b"hmac.new", 0, Family::Secret),
];

/// The secret in the call of the function whose name ends at `end`.
pub fn values(site: &Site<'_>, end: usize) -> Option<(Vec<Given>, Meaning)> {
    if byte(site.text, end) != b'(' {
        return None;
    }
    let name = site.text.get(site.start()..end)?;
    let is_its_name = |function: &[u8]| name.strip_suffix(function).is_some_and(|head| matches!(head, [] | [.., b'.']));
    let &(_, secret, family) = CALLS.iter().find(|(function, ..)| is_its_name(function))?;
    if site.line_before().ends_with(b"def ") || !matches!(site.enclosure(), None | Some(b'#')) {
        return None;
    }
    let form = if family == Family::Password { Form::Login } else { Form::Argument };
    let mut reader = Reader::new(site.text, end);
    reader.take();
    reader.arguments(|place, keyword| (place == secret && keyword.is_none()).then_some(form));
    let meaning = Meaning { family, vague: false, is_qualified: true };
    (!reader.found.is_empty()).then_some((reader.found, meaning))
}
