//! The tools that tests compare us with, installed from PyPI at the versions of `tests/peers.txt`.
//! Promises one environment in `target/peers`, made once, also when several test programs start together.
//! Downloads nothing once the environment is there, and never touches the system's Python.
#![allow(dead_code, reason = "each test program uses its part")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The program `name` of the peers' environment (`python`, `detect-secrets`, `pre-commit`, `prek`), which is made first if need be.
///
/// # Panics
/// If the environment cannot be made; what `pip` said is in the message.
pub(crate) fn tool(name: &str) -> PathBuf {
    static PEERS: OnceLock<PathBuf> = OnceLock::new();
    let tool = program(PEERS.get_or_init(install), name);
    assert!(tool.exists(), "{} is missing; remove target/peers and try again", tool.display());
    tool
}

/// The interpreter of the environment.
pub(crate) fn python() -> PathBuf {
    tool("python")
}

/// The folder for what tests make and keep.
pub(crate) fn target() -> PathBuf {
    let cargo = Path::new(env!("CARGO_TARGET_TMPDIR"));
    cargo.parent().unwrap_or(cargo).to_owned()
}

fn install() -> PathBuf {
    let environment = target().join("peers");
    let requirements = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers.txt");
    let wanted = include_str!("../peers.txt");
    let _one_at_a_time = lock("peers.lock");
    // The stamp is written last, so that an installation that was cut off is begun anew.
    let stamp = environment.join("installed.txt");
    if fs_err::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return environment;
    }
    run(Command::new(if cfg!(windows) { "python" } else { "python3" }).args(["-m", "venv", "--clear"]).arg(&environment));
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"];
    run(Command::new(program(&environment, "python")).args(pip).arg(&requirements));
    fs_err::write(&stamp, wanted).unwrap();
    environment
}

fn program(environment: &Path, name: &str) -> PathBuf {
    if cfg!(windows) { environment.join("Scripts").join(name).with_extension("exe") } else { environment.join("bin").join(name) }
}

/// Waits for other test programs that do what `name` stands for; they wait until the file is dropped.
pub(crate) fn lock(name: &str) -> fs_err::File {
    let file = fs_err::File::create(target().join(name)).unwrap();
    file.file().lock().unwrap();
    file
}

fn run(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}\n{}", String::from_utf8_lossy(&output.stderr));
}
