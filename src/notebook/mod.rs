//! A Jupyter notebook (nbformat 3 and 4) as the texts it holds: the source of each cell, its text outputs, and the JSON around them.
//! Promises that each string of the file is in exactly one of these or is base64 of what is no text (pictures, attachments, buffers of
//! widgets), and that every place in them leads back to the file; what is no notebook is left to be read as any other file.
//! Judges nothing.

mod blob;
mod json;
mod unfold;

use std::ops::Range;

use self::blob::is_blob;
use self::json::Walk;
pub use self::unfold::Unfolded;
use crate::source::RepoPath;

/// One notebook.
#[derive(Debug)]
pub struct Notebook {
    /// The sources of all cells, then the outputs of all cells; between any two stands a line with a zero byte.
    pub cells: Unfolded,
    /// Where in `cells` the outputs begin.
    pub outputs: usize,
    /// What `cells` consists of.
    pub parts: Vec<Part>,
    /// The file without the insides of the strings that are parts or no text.
    pub rest: Unfolded,
}

/// One piece of text in a notebook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Where it stands in the text of [`Notebook::cells`].
    pub range: Range<usize>,
    /// The number of its cell, from 1.
    pub cell: u32,
    pub form: Form,
}

/// What a part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// What was typed; it reads like a file with this extension.
    Source(&'static str),
    /// What a program wrote.
    Output,
}

/// Between two parts: no line of one of them goes on in the next, and none of them is the next line of another.
const SEPARATOR: &[u8] = b"\n\0\n";

impl Notebook {
    /// The notebook that a text is; `None` if its name does not say so, or if it is not JSON with a list of cells.
    pub fn read(path: &RepoPath, text: &[u8]) -> Option<Self> {
        if !path.extension()?.eq_ignore_ascii_case(b"ipynb") {
            return None;
        }
        let mut reader = Reader { text, ..Reader::default() };
        let mut walk = Walk::new(text);
        reader.notebook(&mut walk)?;
        (walk.is_at_end() && reader.has_cells).then(|| reader.finish())
    }
}

#[derive(Debug, Default)]
struct Reader<'t> {
    text: &'t [u8],
    has_cells: bool,
    /// Cells read so far.
    count: u32,
    sources: Unfolded,
    outputs: Unfolded,
    /// The parts in `sources` and `outputs`; the extension of a code cell is known when all is read.
    parts: Vec<Part>,
    /// The insides of strings that do not belong to the rest, in their order.
    taken: Vec<Range<usize>>,
    /// The language of the kernel.
    language: Option<&'static str>,
}

/// What is read of one cell.
#[derive(Debug, Default)]
struct Cell {
    kind: Option<Range<usize>>,
    /// nbformat 3 has a language for each cell.
    language: Option<&'static str>,
    source: Vec<Range<usize>>,
}

impl<'t> Reader<'t> {
    fn notebook(&mut self, walk: &mut Walk<'t>) -> Option<()> {
        walk.object(|walk, key| match key {
            b"cells" if walk.peek() == Some(b'[') => self.cells(walk),
            b"worksheets" if walk.peek() == Some(b'[') => walk.array(|walk| match walk.peek()? {
                b'{' => walk.object(|walk, key| match key {
                    b"cells" if walk.peek() == Some(b'[') => self.cells(walk),
                    _ => walk.skip(),
                }),
                _ => walk.skip(),
            }),
            b"metadata" if walk.peek() == Some(b'{') => walk.object(|walk, key| match key {
                b"kernelspec" | b"language_info" if walk.peek() == Some(b'{') => walk.object(|walk, key| match key {
                    b"language" | b"name" => {
                        let name = strings(walk)?.first().cloned();
                        self.language = self.language.or(name.and_then(|name| extension(self.text.get(name)?)));
                        Some(())
                    }
                    _ => walk.skip(),
                }),
                b"widgets" => self.leave_blobs(walk),
                _ => walk.skip(),
            }),
            _ => walk.skip(),
        })
    }

    fn cells(&mut self, walk: &mut Walk<'t>) -> Option<()> {
        self.has_cells = true;
        walk.array(|walk| {
            self.count = self.count.saturating_add(1);
            if walk.peek() == Some(b'{') { self.cell(walk) } else { walk.skip() }
        })
    }

    fn cell(&mut self, walk: &mut Walk<'t>) -> Option<()> {
        let mut cell = Cell::default();
        walk.object(|walk, key| match key {
            b"cell_type" => strings(walk).map(|kind| cell.kind = kind.first().cloned()),
            b"language" => {
                let name = strings(walk)?.first().cloned();
                cell.language = name.and_then(|name| extension(self.text.get(name)?));
                Some(())
            }
            b"source" | b"input" => self.take(walk).map(|strings| cell.source.extend(strings)),
            b"outputs" if walk.peek() == Some(b'[') => {
                walk.array(|walk| if walk.peek() == Some(b'{') { self.output(walk) } else { walk.skip() })
            }
            b"attachments" => self.leave_blobs(walk),
            _ => walk.skip(),
        })?;
        let start = self.sources.text.len();
        join(self.text, &cell.source, &mut self.sources, false);
        let range = start..self.sources.text.len();
        let form = Form::Source(match cell.kind.and_then(|kind| self.text.get(kind)) {
            Some(b"code") => cell.language.unwrap_or(CODE),
            Some(b"markdown" | b"heading") => "md",
            _ => "txt",
        });
        self.parts.push(Part { range, cell: self.count, form });
        self.sources.insert(SEPARATOR);
        Some(())
    }

    fn output(&mut self, walk: &mut Walk<'t>) -> Option<()> {
        walk.object(|walk, key| match key {
            b"text" | b"traceback" | b"evalue" | b"html" | b"svg" | b"latex" | b"javascript" | b"json" => self.written(walk),
            b"png" | b"jpeg" | b"pdf" => self.leave_blobs(walk),
            b"data" if walk.peek() == Some(b'{') => {
                walk.object(|walk, kind| if is_text(kind) { self.written(walk) } else { self.leave_blobs(walk) })
            }
            _ => walk.skip(),
        })
    }

    /// Takes the strings of a value as one text that a program wrote.
    fn written(&mut self, walk: &mut Walk<'t>) -> Option<()> {
        let strings = self.take(walk)?;
        let start = self.outputs.text.len();
        join(self.text, &strings, &mut self.outputs, true);
        self.parts.push(Part { range: start..self.outputs.text.len(), cell: self.count, form: Form::Output });
        self.outputs.insert(SEPARATOR);
        Some(())
    }

    /// The strings of a value, which the rest is to be without.
    fn take(&mut self, walk: &mut Walk<'t>) -> Option<Vec<Range<usize>>> {
        let strings = strings(walk)?;
        self.taken.extend(strings.iter().cloned());
        Some(strings)
    }

    /// Leaves out what of a value is no text; the other strings are part of the rest.
    fn leave_blobs(&mut self, walk: &mut Walk<'t>) -> Option<()> {
        let strings = strings(walk)?;
        self.taken.extend(strings.into_iter().filter(|string| self.text.get(string.clone()).is_some_and(is_blob)));
        Some(())
    }

    fn finish(self) -> Notebook {
        let Self { text, sources, outputs, mut parts, taken, language, .. } = self;
        let mut cells = sources;
        let outputs = cells.append(outputs);
        for part in &mut parts {
            match &mut part.form {
                Form::Output => part.range = part.range.start + outputs..part.range.end + outputs,
                Form::Source(extension) if *extension == CODE => *extension = language.unwrap_or("py"),
                Form::Source(_) => {}
            }
        }
        let commands = parts.iter().flat_map(|part| commands(&cells.text, part)).collect::<Vec<_>>();
        parts.extend(commands);
        let mut rest = Unfolded::default();
        let end = taken.into_iter().fold(0, |at, string| {
            rest.push(text, at..string.start);
            string.end
        });
        rest.push(text, end..text.len());
        Notebook { cells, outputs, parts, rest }
    }
}

/// The strings of a value, keys left out.
fn strings(walk: &mut Walk<'_>) -> Option<Vec<Range<usize>>> {
    let mut strings = Vec::new();
    walk.value(&mut |string| strings.push(string))?;
    Some(strings)
}

/// Stands for the language of the kernel until that is known.
const CODE: &str = "";

/// Puts the strings of a value together. Each is a line and has its line end, as Jupyter writes them; where one has none, others have
/// left it out.
fn join(text: &[u8], strings: &[Range<usize>], into: &mut Unfolded, is_output: bool) {
    for (index, string) in strings.iter().enumerate() {
        if index > 0 && into.text.last() != Some(&b'\n') {
            into.insert(b"\n");
        }
        into.push_string(text, string.clone(), is_output);
    }
}

/// Whether an output of this media type is what a program wrote. What widgets keep is their own, and base64 of a picture is no text.
fn is_text(kind: &[u8]) -> bool {
    const NONE: [&[u8]; 4] = [b"audio/", b"video/", b"application/pdf", b"application/vnd.jupyter.widget-"];
    let is_image = kind.starts_with(b"image/") && !kind.starts_with(b"image/svg");
    !is_image && !NONE.iter().any(|none| kind.starts_with(none))
}

/// How files in a language of kernels are named; `None` for one that is not known.
fn extension(language: &[u8]) -> Option<&'static str> {
    const LANGUAGES: [(&str, &str); 16] = [
        ("bash", "sh"),
        ("c++", "cpp"),
        ("go", "go"),
        ("ipython", "py"),
        ("java", "java"),
        ("javascript", "js"),
        ("julia", "jl"),
        ("kotlin", "kt"),
        ("powershell", "ps1"),
        ("python", "py"),
        ("r", "r"),
        ("ruby", "rb"),
        ("rust", "rs"),
        ("scala", "scala"),
        ("sql", "sql"),
        ("typescript", "ts"),
    ];
    LANGUAGES.iter().find(|(name, _)| language.eq_ignore_ascii_case(name.as_bytes())).map(|(_, extension)| *extension)
}

/// What a code cell gives to a shell: all of it behind `%%bash`, a line behind `!`, the settings behind `%env`. They are parts of their
/// own beside the cell.
fn commands(text: &[u8], part: &Part) -> Vec<Part> {
    if !matches!(part.form, Form::Source(extension) if !matches!(extension, "md" | "txt")) {
        return Vec::new();
    }
    let make = |range| Part { range, cell: part.cell, form: Form::Source("sh") };
    let cell = text.get(part.range.clone()).unwrap_or_default();
    if [&b"%%bash"[..], b"%%sh", b"%%script"].iter().any(|magic| cell.trim_ascii_start().starts_with(magic)) {
        return vec![make(part.range.clone())];
    }
    let mut found = Vec::new();
    let mut start = part.range.start;
    for line in cell.split_inclusive(|byte| *byte == b'\n') {
        let body = line.trim_ascii_start();
        let command = [&b"!"[..], b"%env ", b"%set_env "].iter().find_map(|opener| body.strip_prefix(*opener));
        found.extend(command.map(|command| make(start + line.len() - command.len()..start + line.len())));
        start += line.len();
    }
    found
}

#[cfg(test)]
mod tests;
