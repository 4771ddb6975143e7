//! The secrets in archives: each member judged as a file of its name, archives in archives to a bounded depth.
//! Promises that every candidate names its member, that the order is that of the archive, and that a member which could not be read
//! to its end is told.
//! Unpacks nothing; that is `archive`.

use std::ops::Range;

use super::scan::{CANDIDATES_MAX, Scan, Scope, TOO_MANY};
use super::{Candidate, Detection, Detector, See};
use crate::archive::{Budget, GZIP, Kind, Members, Outside};
use crate::finding::{Member, Text};
use crate::gap::Gap;
use crate::source::{RepoPath, Source};

/// Members named in what is said about an archive.
const NAMED: usize = 3;

const TOO_DEEP: Gap = Gap::of("an archive deeper than `archive-depth`", "raise `archive-depth`");

/// A walk through a file and the archives in it.
pub(super) struct Walk<'d, 's, 'f> {
    detector: &'d Detector,
    see: &'s mut See<'f>,
    budget: Budget,
    /// Where the walk is: the names of the members that it went into, from the outermost on, and what each is packed in.
    names: Vec<RepoPath>,
    kinds: Vec<&'static str>,
    /// The path of the archive that the walk is in.
    outer: Option<RepoPath>,
    /// Where the findings of members stand in the file.
    start: Range<usize>,
    /// Candidates that were shown.
    kept: usize,
}

impl<'d, 's, 'f> Walk<'d, 's, 'f> {
    pub(super) fn new(detector: &'d Detector, source: &Source<'_>, see: &'s mut See<'f>) -> Self {
        let start = 0..source.text.len().min(4);
        let budget = Budget::new(detector.member_max);
        Self { detector, see, budget, names: Vec::new(), kinds: Vec::new(), outer: None, start, kept: 0 }
    }

    /// The file, or a member of an archive in it.
    pub(super) fn file(&mut self, source: &Source<'_>) -> Detection {
        let kind = Kind::of(source.raw);
        match kind {
            Some(kind) if self.names.len() < usize::from(self.detector.archive_depth) => self.archive(source, kind),
            Some(_) if !self.names.is_empty() => {
                let limits = vec![TOO_DEEP];
                self.show(source, Detection { limits, ..Detection::default() })
            }
            _ => self.show(source, self.detector.detect_file(source)),
        }
    }

    /// Text in front of an archive, and all its members.
    fn archive(&mut self, source: &Source<'_>, kind: Kind) -> Detection {
        let mut members = Members::new(kind, source.raw);
        let mut all = self.show(source, self.prefix(source, members.prefix()));
        let mut faults = Vec::new();
        let outer = self.outer.replace(source.path.clone());
        loop {
            let next = members.next(&mut self.budget);
            for piece in members.outside() {
                let detection = self.outside(source, members.kind(), &piece);
                faults.extend(detection.limits);
                all.work += detection.work;
            }
            let Some(member) = next else { break };
            let name = name(source, members.kind(), member.name);
            let path = RepoPath::new([source.path.as_bytes(), b"/", name.as_bytes()].concat());
            self.names.push(name.clone());
            self.kinds.push(members.kind());
            let detection = self.file(&Source::new(&path, &member.bytes, source.origin));
            self.names.pop();
            self.kinds.pop();
            let fault = member.fault.map(|fault| Gap::new(fault.to_string(), fault.remedy()));
            faults.extend(fault.into_iter().chain(detection.limits).map(|gap| gap.in_part(&label(&name))));
            all.work += detection.work + member.bytes.len() as u64;
            if self.kept > CANDIDATES_MAX {
                all.limits.extend(self.names.is_empty().then_some(TOO_MANY));
                break;
            }
        }
        self.outer = outer;
        let more = faults.split_off(faults.len().min(NAMED));
        all.limits.extend(faults);
        let reason = format!("and {} more", more.len());
        all.limits.extend(Gap::join(more).map(|gap| Gap { reason: reason.into(), ..gap }));
        all
    }

    /// Names of members, comments and gaps are bytes of no text: formats may speak in them.
    fn outside(&mut self, source: &Source<'_>, kind: &'static str, piece: &Outside<'_>) -> Detection {
        let text = Source::new(source.path, &piece.bytes, source.origin);
        let mut detection = Scan::new(self.detector, &text).run(&text, Scope::Bytes);
        let mut candidates = std::mem::take(&mut detection.candidates);
        for candidate in &mut candidates {
            candidate.notes.push(format!("it stands in the {} bytes from byte {} on", piece.bytes.len(), piece.offset));
        }
        if !candidates.is_empty() {
            self.names.push(RepoPath::new(Member::OUTSIDE));
            self.kinds.push(kind);
            self.hand_over(&text, candidates);
            self.names.pop();
            self.kinds.pop();
        }
        detection
    }

    /// A program in front of an archive is a file of its own, if it is text.
    fn prefix(&self, source: &Source<'_>, length: usize) -> Detection {
        let text = source.raw.get(..length).unwrap_or_default();
        let file = Source::new(source.path, text, source.origin);
        if text.is_empty() { Detection::default() } else { Detection { skipped: None, ..self.detector.detect_file(&file) } }
    }

    /// Hands over the candidates of a text, with what its name says.
    fn show(&mut self, source: &Source<'_>, mut detection: Detection) -> Detection {
        self.detector.add_name(source, self.outer.as_ref(), &mut detection);
        self.hand_over(source, std::mem::take(&mut detection.candidates));
        detection
    }

    fn hand_over(&mut self, source: &Source<'_>, mut candidates: Vec<Candidate>) {
        let room = CANDIDATES_MAX.saturating_sub(self.kept);
        self.kept += candidates.iter().filter(|it| it.against.is_none()).count();
        if self.kept > CANDIDATES_MAX {
            candidates.truncate(room);
        }
        if !self.names.is_empty() {
            for candidate in &mut candidates {
                self.place(source, candidate);
            }
        }
        (self.see)(Text { source, member: &self.names }, candidates);
    }

    /// Makes the candidate of a member one of the file.
    fn place(&self, source: &Source<'_>, candidate: &mut Candidate) {
        candidate.member = Some(Member { path: self.names.clone(), span: source.span(candidate.range.clone()) });
        candidate.range = self.start.clone();
        candidate.via.splice(0..0, self.kinds.iter().copied());
    }
}

/// What a member is called: a compressed file as the file was before it was compressed, or as it is if that is not known.
fn name(source: &Source<'_>, kind: &str, given: Vec<u8>) -> RepoPath {
    if kind != GZIP {
        return RepoPath::new(given);
    }
    let file = source.path.file_name();
    match file.strip_suffix(b".gz") {
        Some(stem) => RepoPath::new(stem),
        None if given.is_empty() => RepoPath::new(file),
        None => RepoPath::new(given),
    }
}

fn label(name: &RepoPath) -> String {
    if name.as_bytes().is_empty() { "the archive".to_owned() } else { format!("`{name}`") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::tests::gzip;
    use crate::source::Origin;

    const TOKEN: &str = "gh·p_7fK2mQ9vX4pL8sR1tW6yB3nD5hJ0cZgA2eU7";

    /// A tar of files; the token is put where `%` stands.
    fn tar(files: &[(&str, Vec<u8>)]) -> Vec<u8> {
        let mut raw = Vec::new();
        for (name, bytes) in files {
            let mut header = vec![0; 512];
            header[..name.len()].copy_from_slice(name.as_bytes());
            header[124..135].copy_from_slice(format!("{:011o}", bytes.len()).as_bytes());
            header[148..156].fill(b' ');
            let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
            header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
            raw.extend(header);
            raw.extend(bytes);
            raw.resize(raw.len().next_multiple_of(512), 0);
        }
        raw.extend([0; 1024]);
        raw
    }

    fn text(text: &str) -> Vec<u8> {
        text.replace('%', TOKEN).replace('·', "").into_bytes()
    }

    fn detect(path: &str, raw: &[u8]) -> Detection {
        Detector::default().detect(&Source::new(&RepoPath::new(path), raw, Origin::Repository))
    }

    /// Rule, place and way of each candidate.
    fn found(detection: &Detection) -> Vec<String> {
        let shown = |it: &Candidate| {
            let member = it.member.as_ref().expect("it stands in a member");
            format!("{} {member}:{}:{} {}", it.rule.id, member.span.line, member.span.column, it.via.join(" "))
        };
        detection.candidates.iter().map(shown).collect()
    }

    #[test]
    fn members_are_judged_as_files_of_their_names() {
        let raw = tar(&[
            ("a.py", text("import os\nt = '%'\npassword = get_it_from_7x_the_vault()\n")),
            ("b.env", text("PASSWORD=Tr0ub4dor·-horse-77\n")),
            ("c.lock", text("PASSWORD=Tr0ub4dor·-horse-77\n")),
            ("n.ipynb", text("{\"cells\": [{\"cell_type\": \"code\", \"source\": \"password = 'Tr0ub4dor·-horse-77'\"}]}")),
            ("k.jks", vec![0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2, 0, 0]),
            ("d.bin", vec![0; 100]),
        ]);
        let detection = detect("x.tar", &raw);
        assert_eq!(
            found(&detection),
            [
                "github-token a.py:2:6 tar",
                "generic-password b.env:1:10 tar",
                "generic-password n.ipynb:1:57 tar",
                "key-container k.jks:1:1 tar"
            ]
        );
        assert!(detection.candidates.iter().all(|it| it.range == (0..4)));
        assert_eq!((detection.skipped, detection.limits.len()), (None, 0));
        assert_eq!(found(&detect("x.tar.gz", &gzip(&raw)))[0], "github-token a.py:2:6 tar.gz");
    }

    #[test]
    fn a_value_counts_in_each_member() {
        let raw = tar(&[("a.txt", text("% %")), ("b.txt", text("%"))]);
        assert_eq!(detect("x", &raw).candidates.len(), 3);
    }

    #[test]
    fn archives_in_archives_are_opened_to_the_depth_that_is_set() {
        let once = tar(&[("a.txt", text("%"))]);
        let twice = tar(&[("in.tar.gz", gzip(&once))]);
        let thrice = tar(&[("out.tar", twice.clone())]);
        assert_eq!(found(&detect("x.tar", &twice)), ["github-token in.tar.gz!/a.txt:1:1 tar tar.gz"]);
        let deep = detect("x.tar", &thrice);
        assert_eq!(deep.limits, [TOO_DEEP.in_part("`in.tar.gz`").in_part("`out.tar`")]);
        let with = |depth| {
            let path = RepoPath::new("x.tar");
            Detector::default().with_archives(depth, 1 << 20).detect(&Source::new(&path, &thrice, Origin::Repository))
        };
        assert_eq!(with(3).candidates.len(), 1);
        assert_eq!(with(0).skipped, Some("an archive, which `archive-depth` leaves closed"));
    }

    #[test]
    fn a_compressed_file_is_judged_under_its_former_name() {
        let raw = gzip(&text("PASSWORD=Tr0ub4dor·-horse-77\n"));
        assert_eq!(found(&detect("conf/prod.env.gz", &raw)), ["generic-password prod.env:1:10 gzip"]);
        assert_eq!(detect("a.lock.gz", &raw).candidates.len(), 0);
        assert_eq!(found(&detect("prod.env", &raw)), ["generic-password prod.env:1:10 gzip"], "no name but its own is known");
    }

    #[test]
    fn what_could_not_be_read_is_told_with_its_member() {
        let raw = tar(&[("a.txt", vec![b'x'; 3000]), ("b.txt", text("%"))]);
        let small = Detector::default().with_archives(2, 2000);
        let detection = small.detect(&Source::new(&RepoPath::new("x.tar"), &raw, Origin::Repository));
        assert_eq!(detection.limits, [Gap::of("`a.txt`: it is larger than `max-file-size`", "raise `max-file-size`")]);
        assert_eq!(detection.candidates.len(), 1, "the rest is judged");
        let many: Vec<(&str, Vec<u8>)> = (0..5).map(|_| ("a\u{1b}[2J", gzip(b"")[..12].to_vec())).collect();
        let limits = detect("x.tar", &tar(&many)).limits;
        assert_eq!((limits.len(), limits[3].reason.as_ref()), (4, "and 2 more"));
        assert!(limits[0].reason.starts_with("`a\\u{1b}[2J`: "), "{limits:?}");
    }

    #[test]
    fn text_that_begins_like_an_archive_is_judged_too() {
        let detection = detect("a.txt", &text("PK\u{3}\u{4}\nt = '%'\n"));
        assert_eq!((detection.candidates.len(), detection.limits.len()), (1, 1));
    }

    #[test]
    fn a_program_in_front_of_a_zip_is_judged_too() {
        let end = b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
        let raw = [&text("#!/bin/sh\nt='%'\n")[..], end].concat();
        let detection = detect("install.sh", &raw);
        assert_eq!(detection.candidates.len(), 1);
        assert_eq!(detection.candidates[0].member, None);
        assert_eq!(&raw[detection.candidates[0].range.clone()], text("%"));
    }
}
