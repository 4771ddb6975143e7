//! The `value` of a row: a pattern of fixed steps, turned into runs of characters that a walk without memory can match.
//! Promises that no run can take a character that the next one may need: where greed could be wrong, it is refused; and to refuse a value of
//! too many ways before it has spelled them out.
//! Knows no look-around and no anchors: the row's own ends are those of the value.

use regex_syntax::hir::{Class, Hir, HirKind};

use super::{Run, pattern};

/// The runs of each way to spell a value.
pub(super) type Shapes = Vec<Vec<Run>>;

/// More ways to spell a value than this are several rules.
const SHAPES_MAX: usize = 16;
/// Runs in one of them, before those of one set are joined; and how often a group may be repeated.
const RUNS_MAX: usize = 256;

/// The shapes of `pattern`, one for each way through its alternatives; says what a shape cannot have.
pub(super) fn parse(value: &str) -> Result<Shapes, String> {
    let shapes = ways(&pattern::parse(value)?)?.into_iter().map(joined).collect::<Result<Shapes, String>>()?;
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

fn ways(hir: &Hir) -> Result<Shapes, String> {
    let ways = match hir.kind() {
        HirKind::Literal(literal) => vec![literal.0.iter().map(|&byte| bit(byte).map(once)).collect::<Result<Vec<_>, String>>()?],
        HirKind::Class(class) => vec![vec![once(set(class)?)]],
        HirKind::Empty => vec![Vec::new()],
        HirKind::Capture(capture) => ways(&capture.sub)?,
        HirKind::Alternation(all) => all.iter().map(ways).collect::<Result<Vec<_>, _>>()?.concat(),
        HirKind::Concat(all) => {
            let mut heads = vec![Vec::new()];
            for part in all {
                heads = product(&heads, &ways(part)?)?;
            }
            heads
        }
        HirKind::Repetition(repetition) => repeated(&ways(&repetition.sub)?, repetition.min, repetition.max)?,
        HirKind::Look(_) => {
            return Err("a value has characters, classes, groups, alternatives and counted repetitions only".into());
        }
    };
    if ways.len() > SHAPES_MAX { Err(too_many()) } else { Ok(ways) }
}

/// A set that is repeated is one run; anything else is spelled out, once for each number of times.
fn repeated(ways: &[Vec<Run>], least: u32, most: Option<u32>) -> Result<Shapes, String> {
    let most = most.ok_or("a repetition needs an upper bound")?;
    if let [way] = ways
        && let [run] = way.as_slice()
        && (run.least, run.most) == (1, 1)
    {
        let (least, most) = (u16::try_from(least), u16::try_from(most));
        let (Ok(least), Ok(most)) = (least, most) else { return Err("a repetition is too long".into()) };
        return Ok(vec![vec![Run { set: run.set, least, most }]]);
    }
    if most as usize > RUNS_MAX {
        return Err("a group is repeated too often".into());
    }
    if most - least > 1 {
        return Err("a group may be there or not, or a fixed number of times".into());
    }
    let times = |count| (0..count).try_fold(vec![Vec::new()], |heads, _| product(&heads, ways));
    Ok((least..=most).map(times).collect::<Result<Vec<_>, _>>()?.concat())
}

fn product(heads: &[Vec<Run>], tails: &[Vec<Run>]) -> Result<Shapes, String> {
    if heads.len() * tails.len() > SHAPES_MAX {
        return Err(too_many());
    }
    let join = |head: &[Run], tail: &[Run]| match [head, tail].concat() {
        runs if runs.len() > RUNS_MAX => Err(format!("more than {RUNS_MAX} parts in a value")),
        runs => Ok(runs),
    };
    heads.iter().flat_map(|head| tails.iter().map(move |tail| join(head, tail))).collect()
}

fn too_many() -> String {
    format!("more than {SHAPES_MAX} ways to spell the value")
}

/// Neighbours of fixed length and one set are one run.
fn joined(shape: Vec<Run>) -> Result<Vec<Run>, String> {
    let mut runs: Vec<Run> = Vec::new();
    for run in shape {
        match runs.last_mut() {
            Some(last) if last.set == run.set && last.least == last.most => {
                let sum = |a: u16, b: u16| a.checked_add(b).ok_or("the value is too long");
                (last.least, last.most) = (sum(last.least, run.least)?, sum(last.most, run.most)?);
            }
            _ => runs.push(run),
        }
    }
    Ok(runs)
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
    let ascii = match class {
        Class::Bytes(bytes) => Some(bytes.clone()),
        // `(a|b)` is one.
        Class::Unicode(characters) => characters.to_byte_class(),
    };
    let ascii = ascii.ok_or("a value has printable ASCII characters only")?;
    Ok(ascii.ranges().iter().map(|range| (range.start(), range.end())).collect())
}
