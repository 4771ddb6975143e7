//! The words that names are made of, as far as they matter for what a name promises.
//! Promises lower-case ASCII entries, each in the list of its effect; reviewed as data.
//! Decides nothing; see `name`.

/// Words for a password, in the languages whose projects write them in ASCII.
#[rustfmt::skip]
pub const PASSWORDS: &[&str] = &[
    "password", "passwords", "passwd", "passwds", "pass", "pwd", "pw", "psw", "pswd", "passphrase", "passcode", "passwort",
    "kennwort", "senha", "contrasena", "contraseña", "motdepasse", "mdp", "wachtwoord", "heslo", "parola", "haslo", "passw",
    "pincode", "userpw", "пароль", "密码", "パスワード", "requirepass", "userpass",
];

/// Ends of words that are glued together: `newpassword`, `dbpasswd`.
pub const PASSWORD_ENDS: &[&str] = &["password", "passwords", "passwd", "passphrase", "passwort", "pwd", "passcode"];

/// Words that end in `pass` and are none.
#[rustfmt::skip]
pub const NO_PASS: &[&str] = &[
    "bypass", "compass", "trespass", "overpass", "underpass", "surpass", "encompass", "nopass", "keepass", "multipass", "subpass",
    "renderpass", "byPass",
];

/// Words for tokens that also name harmless things.
pub const TOKENS: &[&str] =
    &["jwt", "bearer", "otp", "cookie", "cookies", "session", "sessionid", "sid", "ticket", "pat", "verifier"];

pub const CREDENTIALS: &[&str] =
    &["cred", "creds", "credential", "credentials", "auth", "authorization", "authentication", "oauth", "basicauth"];

/// Words that are a key with its qualifier.
pub const QUALIFIED_KEYS: &[&str] =
    &["apikey", "apikeys", "secretkey", "accesskey", "privatekey", "privkey", "authkey", "nkey", "appkey", "seed"];

/// What makes a key secret.
#[rustfmt::skip]
pub const KEY_QUALIFIERS: &[&str] = &[
    "api", "access", "secret", "private", "priv", "auth", "oauth", "authentication", "authorization", "encryption", "encrypt",
    "decryption", "crypt", "crypto", "cipher", "signing", "sign", "signature", "service", "client", "account", "license",
    "licence", "consumer", "app", "application", "master", "storage", "shared", "subscription", "server", "admin", "session",
    "aes", "des", "hmac", "jwt", "rsa", "ssh", "tls", "ssl", "deploy", "webhook", "customer", "merchant", "developer", "dev",
    "integration", "ingest", "write", "read", "token", "security", "secure", "kms", "vault", "cookie", "csrf", "password",
    "passwd", "db", "database", "root", "bot", "billing", "payment", "stripe", "aws", "azure", "gcp", "google", "openai",
    "mailgun", "sendgrid", "datadog", "issuer", "account", "host", "recovery", "activation", "product", "webpush", "vapid",
    "wireguard",
];

/// Words after which a key is public or a place in a collection.
#[rustfmt::skip]
pub const KEY_NEGATIVES: &[&str] = &[
    "public", "pub", "primary", "foreign", "sort", "cache", "partition", "range", "hash", "index", "idx", "row", "column",
    "composite", "unique", "natural", "candidate", "surrogate", "map", "dict", "object", "obj", "item", "group", "lookup",
    "search", "registry", "reg", "hot", "arrow", "shift", "ctrl", "alt", "meta", "tab", "esc", "escape", "enter", "return",
    "function", "press", "key", "config", "setting", "settings", "option", "attr", "attribute", "field", "param", "parameter",
    "metadata", "translation", "message", "i", "json", "yaml", "header", "env", "dedup", "idempotency", "routing", "shard", "s",
    "bucket", "storage_key", "state", "context", "data", "event", "label", "tag", "sorting", "grouping", "order", "topic",
    "parent", "child", "dictionary", "fk", "pk", "material", "trusted", "known", "claim", "site", "turnkey", "share", "sharing", "type", "kind",
    "trie", "tree", "result", "kwargs", "argument",
];

/// Words that make any key public.
pub const PUBLIC: &[&str] = &["public", "pub", "publishable", "pubkey"];

/// Words that make a token a unit of text or a place in a list.
#[rustfmt::skip]
pub const TOKEN_NEGATIVES: &[&str] = &[
    "max", "min", "num", "n", "total", "count", "prompt", "completion", "input", "output", "pad", "eos", "bos", "unk", "cls",
    "sep", "mask", "special", "stop", "next", "page", "continuation", "continue", "pagination", "sync", "previous", "prev",
    "start", "end", "begin", "reserved", "used", "remaining", "lex", "lexer", "change", "action", "idempotency", "syntax", "operator", "keyword", "string", "type",
    "cancellation", "cancel", "per", "word", "text", "language", "image", "design", "punctuation",
];

/// Words that tell anywhere in a name that the value is something about a secret.
#[rustfmt::skip]
pub const NEGATIVE_ANYWHERE: &[&str] = &[
    "hint", "policy", "regex", "regexp", "validator", "validators", "validation", "forgot", "forgotten", "tokenize", "tokenizer",
    "hasher", "hashers", "placeholder", "pagetoken", "expiry", "expires", "expiration", "lifetime", "maxlength", "minlength",
];

/// Heads that name a thing beside the secret; for a vague family they also count before it.
#[rustfmt::skip]
pub const NEGATIVE_HEADS: &[&str] = &[
    "type", "path", "file", "filename", "url", "uri", "field", "label", "length", "size", "pattern", "prefix", "suffix", "count",
    "format", "algorithm", "alg", "method", "mode", "class", "message", "error", "prompt", "form", "template", "status", "index",
    "column", "property", "param", "page", "view", "title", "description", "dir", "folder", "version", "help", "text", "docs",
    "link", "icon", "button", "style", "color", "event",
];

/// Words behind the head that change nothing: which one, in what form.
#[rustfmt::skip]
pub const NEUTRAL_TAILS: &[&str] = &[
    "value", "val", "default", "string", "str", "plain", "plaintext", "cleartext", "clear", "raw", "base", "b", "hex", "old",
    "new", "current", "previous", "prod", "production", "dev", "development", "test", "testing", "staging", "stage", "live",
    "sandbox", "local", "admin", "root", "user", "primary", "secondary", "confirmation", "confirm", "again", "repeat", "bytes", "bytestr", "bytestring",
    "a", "c", "v", "x", "encoded", "main", "master", "override", "const", "var", "env", "backup",
];
