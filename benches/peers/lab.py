"""Where the bench works: everything below target/peers-bench, made once and kept.

The peers' environment (requirements.txt), ripsecrets (from crates.io), the corpus (corpus.txt, unpacked wheels), and two git repositories.
"""

import os
import pathlib
import shutil
import subprocess
import time
import venv
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
LAB = ROOT / "target" / "peers-bench"
VENV = LAB / "venv"
BIN = VENV / "bin"
OURS = ROOT / "target" / "release" / "gatewright-secrets"
GIT = ["git", "-c", "user.name=bench", "-c", "user.email=bench@example.org", "-c", "core.autocrlf=false"]


def run(command, cwd=None, **options):
    return subprocess.run(command, cwd=cwd, check=True, stdout=subprocess.DEVNULL, **options)


def prepare():
    """Builds us, installs the peers, and returns the folder of the corpus."""
    LAB.mkdir(parents=True, exist_ok=True)
    run(["cargo", "build", "--release", "--quiet"], cwd=ROOT)
    wanted = (HERE / "requirements.txt").read_text(encoding="utf-8")
    installed = VENV / "requirements.txt"
    if not installed.exists() or installed.read_text(encoding="utf-8") != wanted:
        venv.create(VENV, with_pip=True)
        run([BIN / "pip", "install", "--quiet", "-r", HERE / "requirements.txt"])
        installed.write_text(wanted, encoding="utf-8")
    if not (LAB / "bin" / "ripsecrets").exists():
        run(["cargo", "install", "--quiet", "ripsecrets", "--version", "0.1.11", "--root", LAB])
    corpus = LAB / "corpus"
    if not corpus.exists():
        run([BIN / "pip", "download", "--quiet", "--no-deps", "-d", LAB / "wheels", "-r", HERE / "corpus.txt"])
        for wheel in sorted((LAB / "wheels").iterdir()):
            zipfile.ZipFile(wheel).extractall(LAB / "corpus.part" / wheel.name.split("-")[0])
        (LAB / "corpus.part").rename(corpus)
    return corpus


def shipped(package, program):
    """A program that a wheel carries inside its package."""
    return next(VENV.glob(f"lib/python*/site-packages/{package}/bin/{program}"))


def packages(corpus, *names):
    """A folder with these packages of the corpus alone."""
    folder = LAB / "-".join(names)
    if not folder.exists():
        for name in names:
            shutil.copytree(corpus / name, folder / name)
    return folder


def size(folder):
    """Files and bytes; holds no list, which would be measured as memory of the tools."""
    count = total = 0
    for where, _, names in os.walk(folder):
        for name in names:
            count += 1
            total += os.lstat(os.path.join(where, name)).st_size
    return count, total


def warm(folder):
    """Reads every file once, so that the first tool does not pay for the disk."""
    for where, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(where, name)
            if not os.path.islink(path):
                with open(path, "rb", buffering=0) as file:
                    while file.read(1 << 20):
                        pass


def repository(name, fill):
    """A repository made once: `fill(folder)` writes the files, all are committed."""
    folder = LAB / name
    if not folder.exists():
        part = LAB / (name + ".part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir()
        fill(part)
        run([*GIT, "init", "--quiet"], cwd=part)
        run([*GIT, "add", "--all"], cwd=part)
        run([*GIT, "commit", "--quiet", "--message", "all"], cwd=part)
        part.rename(folder)
    return folder


def seven_thousand(corpus):
    def fill(folder):
        names = ("django", "sympy", "sqlalchemy", "transformers")
        files = [file for name in names for file in sorted((corpus / name).rglob("*")) if file.is_file()]
        for file in files[:7000]:
            target = folder / file.relative_to(corpus)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)

    return repository("seven-thousand", fill)


def hundred_thousand():
    def fill(folder):
        for number in range(100_000):
            target = folder / f"d{number // 1000:03}" / f"e{number // 50 % 20:02}" / f"file{number:06}.py"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(f"number = {number}\n", encoding="utf-8")

    return repository("hundred-thousand", fill)


def stage_ten(folder):
    """Ten Python files of about 16 KB each get a line more, and are staged. Returns their names and bytes."""
    run([*GIT, "reset", "--quiet", "--hard"], cwd=folder)
    files = sorted(folder.rglob("*.py"), key=lambda file: (abs(file.stat().st_size - 16_000), file))[:10]
    names = sorted(str(file.relative_to(folder)) for file in files)
    for name in names:
        with open(folder / name, "a", encoding="utf-8") as file:
            file.write("\nADDED = 1\n")
    run([*GIT, "add", *names], cwd=folder)
    return names, sum((folder / name).stat().st_size for name in names)


def measure(command, cwd, rounds, environment=None):
    """CPU seconds (user + system), wall seconds and peak memory (MB) of the cheapest of `rounds` runs.

    The exit code is the tool's own business. A process begins with the memory of this one before it becomes another: less than that
    cannot be seen.
    """
    best = None
    for _ in range(rounds):
        begun = time.perf_counter()
        child = subprocess.Popen(
            [str(word) for word in command], cwd=cwd, env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        _, _, usage = os.wait4(child.pid, 0)
        child.returncode = 0
        taken = (usage.ru_utime + usage.ru_stime, time.perf_counter() - begun, usage.ru_maxrss / 1024)
        best = taken if best is None or taken[0] < best[0] else best
    return best
