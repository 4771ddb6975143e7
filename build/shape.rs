//! The `value` of a row: a pattern of fixed steps, turned into runs of characters that a walk without memory can match.
//! Promises that no run can take a character that the next one may need: where greed could be wrong, the build stops.
//! Knows no look-around and no anchors: the row's own ends are those of the value.

use regex_syntax::hir::{Class, Hir, HirKind};

/// A run of characters of one set, as `Run` in `src/rule.rs`.
#[derive(Clone)]
pub struct Run {
    pub set: u128,
    pub least: u16,
    pub most: u16,
}

/// More ways to spell a value than this are several rules.
const SHAPES_MAX: usize = 16;

/// The shapes of `pattern`, one for each way through its alternatives; says what a shape cannot have.
pub fn parse(pattern: &str) -> Result<Vec<Vec<Run>>, String> {
    let parsed = regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build().parse(pattern);
    let hir = parsed.map_err(|error| error.to_string().replace('\n', " "))?;
    let mut shapes = Vec::new();
    for shape in ways(&hir)? {
        shapes.push(joined(shape));
    }
    for pair in shapes.iter().flat_map(|shape| shape.windows(2)) {
        if let [one, next] = pair
            && one.least != one.most
            && one.set & next.set != 0
        {
            return Err("a run of open length is followed by a character that it may take itself: give it a length".into());
        }
    }
    Ok(shapes)
}

fn ways(hir: &Hir) -> Result<Vec<Vec<Run>>, String> {
    let ways = match hir.kind() {
        HirKind::Literal(literal) => vec![literal.0.iter().map(|&byte| bit(byte).map(once)).collect::<Result<Vec<_>, String>>()?],
        HirKind::Class(class) => vec![vec![once(set(class)?)]],
        HirKind::Empty => vec![Vec::new()],
        HirKind::Capture(capture) => ways(&capture.sub)?,
        HirKind::Alternation(all) => all.iter().map(ways).collect::<Result<Vec<_>, _>>()?.concat(),
        HirKind::Concat(all) => {
            let mut heads = vec![Vec::new()];
            for part in all {
                heads = product(&heads, &ways(part)?);
            }
            heads
        }
        HirKind::Repetition(repetition) => repeated(&ways(&repetition.sub)?, repetition.min, repetition.max)?,
        HirKind::Look(_) => {
            return Err("a value has characters, classes, groups, alternatives and counted repetitions only".into());
        }
    };
    if ways.len() > SHAPES_MAX { Err(format!("more than {SHAPES_MAX} ways to spell the value")) } else { Ok(ways) }
}

/// A set that is repeated is one run; anything else is spelled out, once for each number of times.
fn repeated(ways: &[Vec<Run>], least: u32, most: Option<u32>) -> Result<Vec<Vec<Run>>, String> {
    let most = most.ok_or("a repetition needs an upper bound")?;
    if let [way] = ways
        && let [run] = way.as_slice()
    {
        let (least, most) = (u16::try_from(least), u16::try_from(most));
        let (Ok(least), Ok(most)) = (least, most) else { return Err("a repetition is too long".into()) };
        return Ok(vec![vec![Run { set: run.set, least, most }]]);
    }
    if most - least > 1 {
        return Err("a group may be there or not, or a fixed number of times".into());
    }
    let times = |count| (0..count).fold(vec![Vec::new()], |heads, _| product(&heads, ways));
    Ok((least..=most).flat_map(times).collect())
}

fn product(heads: &[Vec<Run>], tails: &[Vec<Run>]) -> Vec<Vec<Run>> {
    heads.iter().flat_map(|head| tails.iter().map(move |tail| [head.clone(), tail.clone()].concat())).collect()
}

/// Neighbours of fixed length and one set are one run.
fn joined(shape: Vec<Run>) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for run in shape {
        match runs.last_mut() {
            Some(last) if last.set == run.set && last.least == last.most => {
                last.least += run.least;
                last.most += run.most;
            }
            _ => runs.push(run),
        }
    }
    runs
}

fn once(set: u128) -> Run {
    Run { set, least: 1, most: 1 }
}

fn bit(byte: u8) -> Result<u128, String> {
    if byte.is_ascii_graphic() { Ok(1 << byte) } else { Err("a value has printable ASCII characters only".into()) }
}

fn set(class: &Class) -> Result<u128, String> {
    let mut set = 0;
    for (start, end) in ranges(class)? {
        for byte in start..=end {
            set |= bit(byte)?;
        }
    }
    Ok(set)
}

fn ranges(class: &Class) -> Result<Vec<(u8, u8)>, String> {
    match class {
        Class::Bytes(bytes) => Ok(bytes.ranges().iter().map(|range| (range.start(), range.end())).collect()),
        Class::Unicode(_) => Err("a value has printable ASCII characters only".into()),
    }
}
