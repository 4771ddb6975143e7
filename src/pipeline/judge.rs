//! One file from source to verdict, as far as the file alone can tell: the hook's findings, their snippets, comments and policy; the
//! comments of each member of an archive while its text is at hand.
//! Promises that findings leave with every secret of the file masked in their source lines.
//! Knows no baseline: that takes the whole run.

use std::ops::Range;

use crate::cache::{Cache, Clean};
use crate::config::{Config, Date};
use crate::finding::{Finding, Secrets, Snippet, Subject, Text, member_name};
use crate::gap::Gap;
use crate::hook::{Coverage, Hook};
use crate::rule::{Matcher, Rules};
use crate::secret::compat;
use crate::settle::inline::Allows;
use crate::settle::policy::Policy;
use crate::settle::{Forgiver, Standing, Unused};
use crate::source::Source;

/// Comments of members told one by one, for each file: a small archive may hold millions.
const PACKED: usize = 100;

/// What every file of a run is judged by; shared by the threads.
pub struct Judge<'a, H> {
    pub hook: &'a H,
    pub config: &'a Config,
    pub policy: Policy<'a>,
    /// What names of rules may mean.
    pub rules: Rules,
    /// Comments and entries whose date is earlier have expired.
    pub today: Date,
    /// Whether comments that forgave nothing are worth a word: every finding of the tree was looked for.
    pub is_whole_tree: bool,
    /// How detect-secrets is set, if the findings need its names for them: asked only if there is an open one.
    pub foreign: &'a (dyn Fn() -> Option<&'a compat::Settings> + Sync),
    /// Whether every identity of detect-secrets is wanted, findings or not: for its baseline file.
    pub collects_identities: bool,
    /// What earlier runs knew, and where this one adds to it. Not for runs that collect identities: those are not in it.
    pub cache: Option<&'a Cache>,
}

/// One file's findings: `None` beside those that only a baseline can still forgive.
#[derive(Debug, Default)]
pub struct Judged {
    pub findings: Vec<(Finding, Option<Standing>)>,
    pub unused: Vec<Unused>,
    pub coverage: Coverage,
    /// What detect-secrets would report, if that is collected.
    pub identities: Vec<compat::Identity>,
    /// How many comments of members have something to say that is not among `unused`.
    untold: usize,
    /// Whether a comment may have something to say on another day; known only if the run looked for comments.
    pub may_speak: bool,
}

impl Judged {
    /// What a cache may keep of it: that there was nothing to say.
    pub fn clean(&self) -> Option<Clean> {
        if !self.findings.is_empty() || !self.unused.is_empty() || self.may_speak {
            return None;
        }
        match self.coverage {
            Coverage::Whole => Some(Clean::Judged),
            Coverage::Skipped(reason) => Some(Clean::Skipped(reason)),
            Coverage::Partial(_) => None,
        }
    }
}

impl<H> std::fmt::Debug for Judge<'_, H> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Judge").field("today", &self.today).field("is_whole_tree", &self.is_whole_tree).finish_non_exhaustive()
    }
}

impl<H: Hook> Judge<'_, H> {
    pub fn judge(&self, source: &Source<'_>) -> Judged {
        let mut judged = Judged::default();
        judged.coverage = self.hook.check_texts(source, &mut |text, found| {
            if !found.is_empty() || self.is_whole_tree {
                self.forgive(source, text, found, &mut judged);
            }
        });
        judged.unused.extend((judged.untold > 0).then(|| untold(source, judged.untold)));
        let mut findings = std::mem::take(&mut judged.findings);
        // Stable: what stands in one place, as the members of an archive do, keeps its order.
        findings.sort_by(|(a, _), (b, _)| (a.span, a.rule.id).cmp(&(b.span, b.rule.id)));
        if !findings.is_empty() {
            // Findings in a member of an archive stand at its start, where nothing is shown.
            let shown = findings.iter().filter(|(finding, _)| finding.member.is_none());
            let shown: Vec<Range<usize>> = shown.map(|(finding, _)| finding.span.start..finding.span.end).collect();
            draw_snippets(source, &self.hook.suspected(source, &shown), &mut findings);
        }
        let is_open = findings.iter().any(|(_, standing)| standing.is_none());
        if (is_open || self.collects_identities)
            && let Some(foreign) = (self.foreign)()
        {
            match self.hook.foreign_identities(source, foreign) {
                Ok(identities) => judged.identities = identities,
                Err(gap) => judged.coverage = Coverage::Partial(gap),
            }
            if let Err(gap) = leave_out(source, foreign, &mut findings) {
                judged.coverage = Coverage::Partial(gap);
            }
            self.hook.identify(&mut findings.iter_mut().map(|(finding, _)| finding).collect::<Vec<_>>(), &judged.identities);
        }
        judged.findings = findings;
        judged
    }

    /// Asks the comments of a text of `file`, and the policy, about what was found in it.
    fn forgive(&self, file: &Source<'_>, text: Text<'_>, found: Vec<Finding>, judged: &mut Judged) {
        let mut allows = Allows::find(text.source, &self.config.secrets, self.rules);
        judged.findings.extend(found.into_iter().filter_map(|finding| {
            if let Some(reason) = finding.against.clone() {
                return Some((finding, Some(Standing::Dismissed { reason })));
            }
            let inline = allows.forgive(&finding, self.today);
            // Where ours does not see the comment, or is told to read none, detect-secrets' word holds.
            if finding.is_allowed == Some(true) && inline.is_none() {
                return None;
            }
            let standing = inline.or_else(|| self.policy.forgive(&finding, self.today));
            Some((finding, standing))
        }));
        judged.may_speak |= allows.may_speak();
        let mut unused = allows.unused(self.today, self.is_whole_tree);
        if !unused.is_empty() && !self.policy.tells_comments(file.path) {
            // What the configuration keeps back today it may want told tomorrow: no cache may know the file as clean.
            judged.may_speak = true;
            unused.clear();
        }
        if text.member.is_empty() {
            judged.unused.extend(unused);
        } else {
            let room = PACKED.saturating_sub(judged.unused.len());
            judged.untold += unused.len().saturating_sub(room);
            judged.unused.extend(unused.iter().take(room).map(|unused| packed(unused, file, text)));
        }
    }
}

/// What is said of a comment in a member, said of the file: lines of a member are none of the file.
fn packed(unused: &Unused, file: &Source<'_>, text: Text<'_>) -> Unused {
    let message = format!("in `{}`, line {}: {}", member_name(text.member), unused.line, unused.message);
    Unused { path: file.path.clone(), line: 1, message }
}

fn untold(file: &Source<'_>, count: usize) -> Unused {
    let message = format!("{count} more comments in its members forgive nothing or are refused");
    Unused { path: file.path.clone(), line: 1, message }
}

/// Forgives what the patterns of the detect-secrets baseline leave out: whoever wrote them meant every scanner.
fn leave_out(source: &Source<'_>, foreign: &compat::Settings, findings: &mut [(Finding, Option<Standing>)]) -> Result<(), Gap> {
    for (finding, standing) in findings.iter_mut().filter(|(_, standing)| standing.is_none()) {
        let Subject::Secret(value) = &finding.subject else { continue };
        let line = String::from_utf8_lossy(source.line(finding.span.line));
        let left_out = value.with(|value| foreign.leaves_out(source.path, &line, &String::from_utf8_lossy(value)));
        if let Some(filter) = left_out.map_err(|error| error.gap())? {
            let reason = Some(format!("the filter `{filter}` of the detect-secrets baseline leaves it out"));
            *standing = Some(Standing::Forgiven { by: Forgiver::Policy, reason });
        }
    }
    Ok(())
}

/// The suspected places that are not all in one that was found: such a one shows its public prefix. `found` is sorted.
fn outside(found: impl Iterator<Item = Range<usize>>, suspected: &[Range<usize>]) -> impl Iterator<Item = Range<usize>> {
    let furthest = |end: &mut usize, place: Range<usize>| {
        *end = place.end.max(*end);
        Some((place.start, *end))
    };
    let ends: Vec<(usize, usize)> = found.scan(0, furthest).collect();
    let is_found = move |place: &&Range<usize>| {
        let before = ends.partition_point(|(start, _)| *start <= place.start);
        before.checked_sub(1).and_then(|last| ends.get(last)).is_some_and(|(_, end)| place.end <= *end)
    };
    suspected.iter().filter(move |place| !is_found(place)).cloned()
}

fn draw_snippets(source: &Source<'_>, suspected: &[Range<usize>], found: &mut [(Finding, Option<Standing>)]) {
    let places = || {
        found.iter().filter_map(|(finding, _)| match &finding.subject {
            Subject::Secret(value) => Some((finding.span.start..finding.span.end, value)),
            Subject::Plain(_) => None,
        })
    };
    let secrets = Secrets::new(source, places()).and(outside(places().map(|(place, _)| place), suspected));
    let draw = |finding: &Finding| match finding.member {
        // Round what was dismissed there may be what no rule saw.
        None if finding.against.is_some() => Snippet::default(),
        // Bytes are no text to show.
        None if source.is_binary() => Snippet::default(),
        // What the file holds is not what was found.
        None if matches!(finding.rule.matcher, Matcher::FileName(_)) => Snippet::default(),
        None => Snippet::new(source, finding.span.start..finding.span.end, &secrets),
        Some(_) => Snippet::default(),
    };
    let snippets: Vec<Snippet> = found.iter().map(|(finding, _)| draw(finding)).collect();
    for ((finding, _), snippet) in found.iter_mut().zip(snippets) {
        finding.snippet = snippet;
    }
}
