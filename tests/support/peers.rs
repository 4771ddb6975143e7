//! The Python environment in which other tools check what we wrote; made once from `tests/peers.txt`.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The interpreter of an environment that has the packages of `tests/peers.txt`.
pub(crate) fn python() -> &'static Path {
    static PYTHON: OnceLock<PathBuf> = OnceLock::new();
    PYTHON.get_or_init(|| {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("peers");
        let python = root.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
        let wanted = include_str!("../peers.txt");
        let _one_at_a_time = lock("peers.lock");
        let stamp = root.join("peers.txt");
        if fs_err::read_to_string(&stamp).is_ok_and(|have| have == wanted) {
            return python;
        }
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&root));
        let packages = wanted.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        run(Command::new(&python).args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]).args(packages));
        fs_err::write(&stamp, wanted).unwrap();
        python
    })
}

/// The folder of an npm package, given as `name@version`, unpacked without its dependencies.
pub(crate) fn npm_package(package: &str) -> PathBuf {
    let name: String = package.chars().map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' }).collect();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _one_at_a_time = lock("npm.lock");
    let inside = folder.join("package");
    if !inside.join("complete").exists() {
        fs_err::create_dir_all(&inside).unwrap();
        run(Command::new("npm").args(["pack", "--silent", package, "--pack-destination"]).arg(&folder).current_dir(&folder));
        let archive = fs_err::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .find(|path| path.extension().is_some_and(|e| e == "tgz"));
        run(Command::new("tar").arg("-xzf").arg(archive.expect("npm pack wrote an archive")).current_dir(&folder));
        fs_err::write(inside.join("complete"), "").unwrap();
    }
    inside
}

fn lock(name: &str) -> impl Drop + use<> {
    struct Lock(fs_err::File);
    impl Drop for Lock {
        fn drop(&mut self) {
            let _ = self.0.file().unlock();
        }
    }
    let file = fs_err::File::create(Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)).unwrap();
    file.file().lock().unwrap();
    Lock(file)
}

fn run(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}
