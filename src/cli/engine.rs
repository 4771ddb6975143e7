//! The settings of the compat engine: those of the baseline file, changed by the options of detect-secrets.
//! Promises that a setting which cannot be honoured is told, and that a pattern which does not compile ends the run.
//! Runs no code that a baseline names.

use std::borrow::Cow;

use super::arguments::DetectSecrets;
use super::failure::Failure;
use crate::config::{Config, Profile, nearest};
use crate::secret::compat::{self, SettingsError};
use crate::settle::baseline::detect_secrets::{IS_BASELINE_FILE, Setting, Settings};
use crate::settle::baseline::json::{Json, Member};
use crate::source::quote;

const REGEX: &str = "detect_secrets.filters.regex.should_exclude_";
const WORD_LIST: &str = "detect_secrets.filters.wordlist.should_exclude_secret";
const VERIFICATION: &str = "detect_secrets.filters.common.is_ignored_due_to_verification_policies";
/// Needs a model that no package brings; it can be named all the same.
const GIBBERISH: &str = "detect_secrets.filters.gibberish.should_exclude_secret";

/// The engine for these settings. `word_list` reads the file of a word list; warnings are added to `warnings`.
pub fn engine(
    settings: &Settings,
    word_list: &dyn Fn(&str) -> Option<String>,
    warnings: &mut Vec<String>,
) -> Result<compat::Settings, Failure> {
    let plugins = settings.plugins.iter().filter_map(|plugin| plugin.name.as_str());
    let filters = settings.filters.iter().filter_map(|filter| filter.name.as_str());
    let mut engine = compat::Settings::only(plugins, filters);
    for plugin in &settings.plugins {
        set_plugin(&mut engine, plugin, warnings).map_err(|error| refused(&error))?;
    }
    for filter in &settings.filters {
        set_filter(&mut engine, filter, word_list, warnings).map_err(|error| refused(&error))?;
    }
    Ok(engine)
}

/// The configuration under an engine with these settings: in the compat profile, who has switched detect-secrets' filter for comments
/// off wants to see what they allow. A `pragmas` of the configuration has the last word.
pub fn configured<'c>(config: &'c Config, engine: &compat::Settings) -> Cow<'c, Config> {
    let secrets = &config.secrets;
    if secrets.profile != Profile::Compat || secrets.pragmas.is_some() || engine.heeds_comments() {
        return Cow::Borrowed(config);
    }
    let mut config = config.clone();
    config.secrets.pragmas = Some(Vec::new());
    Cow::Owned(config)
}

fn set_plugin(engine: &mut compat::Settings, plugin: &Setting, warnings: &mut Vec<String>) -> Result<(), SettingsError> {
    let limit = || plugin.get("limit").and_then(Json::as_f64);
    match plugin.name.as_str() {
        Some("Base64HighEntropyString") => limit().map_or(Ok(()), |limit| engine.set_base64_limit(limit)),
        Some("HexHighEntropyString") => limit().map_or(Ok(()), |limit| engine.set_hex_limit(limit)),
        Some("KeywordDetector") => {
            plugin.get("keyword_exclude").and_then(Json::as_str).map_or(Ok(()), |pattern| engine.set_keyword_exclude(pattern))
        }
        Some(class) if !engine.runs(class) => {
            warnings.push(format!("the plugin `{class}` is not one of detect-secrets' own and is not run; its entries are kept"));
            Ok(())
        }
        _ => Ok(()),
    }
}

fn set_filter(
    engine: &mut compat::Settings,
    filter: &Setting,
    word_list: &dyn Fn(&str) -> Option<String>,
    warnings: &mut Vec<String>,
) -> Result<(), SettingsError> {
    let Some(path) = filter.name.as_str() else { return Ok(()) };
    if let Some(kind) = path.strip_prefix(REGEX) {
        let patterns = filter.get("pattern").and_then(Json::as_array).unwrap_or_default();
        let add = match kind {
            "file" => compat::Settings::exclude_files,
            "line" => compat::Settings::exclude_lines,
            _ => compat::Settings::exclude_secrets,
        };
        return patterns.iter().filter_map(Json::as_str).try_for_each(|pattern| add(engine, pattern));
    }
    match path {
        IS_BASELINE_FILE => {
            if let Some(name) = filter.get("filename").and_then(Json::as_str) {
                engine.set_baseline(name);
            }
        }
        WORD_LIST => {
            let name = filter.get("file_name").and_then(Json::as_str).unwrap_or_default();
            let length = filter.get("min_length").and_then(Json::as_u32).unwrap_or(3);
            match word_list(name) {
                Some(text) => engine.set_word_list(&text, length as usize)?,
                None => warnings.push(format!("the word list `{name}` is not there; its filter is not applied")),
            }
        }
        VERIFICATION => {}
        _ if compat::SILENT_FILTERS.contains(&path) || compat::DEFAULT_FILTERS.contains(&path) => {}
        _ => warnings.push(format!("the filter `{path}` is code of its own and is not run; the setting is kept")),
    }
    Ok(())
}

/// Refuses a plugin or filter that detect-secrets does not have: other things would be found than were meant.
pub fn check_names(options: &DetectSecrets) -> Result<(), Failure> {
    let plugins = compat::plugins::PLUGINS.map(|plugin| plugin.class.to_owned());
    let filters = known_filters();
    check_known("plugin", "--disable-plugin", &options.disable_plugin, &plugins)?;
    check_known("filter", "--disable-filter", &options.disable_filter, &filters)?;
    let named: Vec<String> = options.filter.iter().filter(|path| !is_custom(path)).cloned().collect();
    check_known("filter", "--filter", &named, &filters)
}

/// Every filter that detect-secrets brings, by its path.
fn known_filters() -> Vec<String> {
    let regexes = ["file", "line", "secret"].map(|kind| format!("{REGEX}{kind}"));
    let others = [IS_BASELINE_FILE, VERIFICATION, WORD_LIST, GIBBERISH];
    let filters = compat::DEFAULT_FILTERS.iter().chain(&compat::SILENT_FILTERS).chain(&others).map(|path| (*path).to_owned());
    filters.chain(regexes).collect()
}

/// Whether the filter is not one that detect-secrets brings.
fn is_custom(path: &str) -> bool {
    !path.starts_with("detect_secrets.")
}

fn check_known(what: &str, option: &str, names: &[String], known: &[String]) -> Result<(), Failure> {
    let Some(name) = names.iter().find(|name| !known.contains(name)) else { return Ok(()) };
    let hint = nearest(name, known.iter().map(String::as_str)).map(|near| format!("; did you mean `{near}`?"));
    let message = format!("detect-secrets has no {what} {}{}", quote(name), hint.unwrap_or_default());
    Err(Failure::usage(message, format!("correct `{option}`; nothing was judged")))
}

/// What the options name and we do not do, for people; `None` if there is nothing of that kind.
pub fn what_is_not_run(options: &DetectSecrets) -> Option<String> {
    let plugins = options.plugin.iter().map(|file| format!("`--plugin {}`", file.display()));
    let filters = options.filter.iter().filter(|path| is_custom(path)).map(|path| format!("`--filter {path}`"));
    let model = options.gibberish_model.iter().map(|_| "`--gibberish-model`".to_owned());
    let limit = options.gibberish_limit.iter().map(|limit| format!("`--gibberish-limit {limit}`"));
    let named: Vec<String> = plugins.chain(filters).chain(model).chain(limit).collect();
    (!named.is_empty()).then(|| format!("no code but our own is run, so there is no effect of {}", named.join(", ")))
}

/// The settings of a baseline changed by the command line, as detect-secrets would write them.
pub fn with_options(mut settings: Settings, options: &DetectSecrets) -> Settings {
    settings.plugins.retain(|plugin| !options.disable_plugin.iter().any(|class| plugin.name == **class));
    settings.filters.retain(|filter| !options.disable_filter.iter().any(|path| filter.name == **path));
    for (class, limit) in [("Base64HighEntropyString", options.base64_limit), ("HexHighEntropyString", options.hex_limit)] {
        let known = settings.plugins.iter_mut().find(|plugin| plugin.name == *class);
        // Without a number, and with 0, detect-secrets leaves the limit as it is.
        if let (Some(plugin), Some(limit)) = (known, limit.filter(|&limit| limit != 0.0)) {
            plugin.rest.retain(|member| member.key != *"limit");
            plugin.rest.push(Member::new("limit", limit));
        }
    }
    for (kind, patterns) in
        [("file", &options.exclude_files), ("line", &options.exclude_lines), ("secret", &options.exclude_secrets)]
    {
        if !patterns.is_empty() {
            let patterns: Vec<Json> = patterns.iter().map(|pattern| Json::from(pattern.as_str())).collect();
            settings.set_filter(Setting::new(&format!("{REGEX}{kind}"), vec![Member::new("pattern", patterns)]));
        }
    }
    for path in options.filter.iter().filter(|path| !is_custom(path)) {
        if settings.filter(path).is_none() {
            settings.set_filter(Setting::new(path, Vec::new()));
        }
    }
    settings
}

/// Adds the word list of that name as detect-secrets records it.
pub fn add_word_list(settings: &mut Settings, name: &str, text: &[u8]) {
    let hash = compat::sha1(text).iter().fold(String::new(), |hash, byte| format!("{hash}{byte:02x}"));
    let members = vec![Member::new("min_length", 3), Member::new("file_name", name), Member::new("file_hash", hash.as_str())];
    settings.set_filter(Setting::new(WORD_LIST, members));
}

/// Lets the engine pass over files that are called like the baseline.
pub fn leave_out_baseline(settings: &mut Settings, path: &str) {
    let name = path.rsplit('/').next().unwrap_or_default();
    settings.set_filter(Setting::new(IS_BASELINE_FILE, vec![Member::new("filename", name)]));
}

/// Adds a pattern for exactly this file to those that detect-secrets leaves out.
pub fn exclude_file(settings: &mut Settings, path: &str) {
    let name = format!("{REGEX}file");
    let pattern = compat::pattern_for(path);
    let mut patterns: Vec<Json> =
        settings.filter(&name).and_then(|filter| filter.get("pattern")).and_then(Json::as_array).unwrap_or_default().to_vec();
    if patterns.iter().any(|known| known.as_str() == Some(&pattern)) {
        return;
    }
    patterns.push(Json::from(pattern.as_str()));
    settings.set_filter(Setting::new(&name, vec![Member::new("pattern", patterns)]));
}

fn refused(error: &SettingsError) -> Failure {
    Failure::usage(error.to_string(), "correct the setting in the baseline or on the command line; nothing was judged")
}
