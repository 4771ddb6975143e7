"""How much each tool finds: precision and recall on labelled files, by the scorers that come with them in `$GATEWRIGHT_CORPUS`."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import lab

SUITES = ("gitleaks", "betterleaks", "kingfisher", "noseyparker")
LEFT_OUT = "LEFT OUT: GATEWRIGHT_CORPUS is unset."


def material(name):
    """A folder of `$GATEWRIGHT_CORPUS`, if that is set."""
    corpus = os.environ.get("GATEWRIGHT_CORPUS")
    return pathlib.Path(corpus).resolve() / name if corpus else None


def score(scorer, findings, *options):
    """What the scorer prints about these findings."""
    with tempfile.NamedTemporaryFile(mode="w", encoding="utf-8", suffix=".jsonl") as file:
        for path, line, end in findings:
            file.write(json.dumps({"file": path, "line": line, "end_line": end}) + "\n")
        file.flush()
        done = subprocess.run([sys.executable, scorer, file.name, *options], check=True, capture_output=True, text=True)
    return done.stdout


def labelled(_corpus, tools):
    """The development half of CredData."""
    yield "\n### Labelled files: the development half of CredData, core profile\n"
    yield "Our words and weights were checked on this half, and CredSweeper learned from CredData; the others did not know it.\n"
    if not (folder := material("creddata-dev")):
        yield LEFT_OUT
        return
    yield "| tool | true | false | precision | recall | F1 | macro F1 | recall in Python files |"
    yield "|---|---:|---:|---:|---:|---:|---:|---:|"
    for tool in tools.values():
        findings = tool.findings(folder, "data")
        total = json.loads(score(folder / "score_creddata.py", findings, "--json"))
        python = re.search(r"^\.py .*?([0-9.]+)$", score(folder / "score_creddata.py", findings, "--by", "ext"), re.MULTILINE)
        figures = " | ".join(f"{total[name]:.3f}" for name in ("precision", "recall", "f1", "macro_f1"))
        yield f"| {tool.name} | {total['tp']} | {total['fp_all']} | {figures} | {python[1] if python else '–'} |"


def examples(_corpus, tools):
    """The examples in the rules of four scanners."""
    yield "\n### The examples in the rules of four scanners: found of those that should match, flagged of those that should not\n"
    if not (folder := material("secret-examples")):
        yield LEFT_OUT
        return
    there = lab.LAB / "examples"
    if not there.exists():
        shutil.copytree(folder, there)
        lab.run([sys.executable, "make_files.py"], cwd=there)
    yield "| tool | " + " | ".join(SUITES) + " |"
    yield "|---|" + "---:|" * len(SUITES)
    for tool in tools.values():
        printed = score(folder / "score_examples.py", tool.findings(there, "files"))
        cells = (cell(next(line for line in printed.splitlines() if line.startswith(suite))) for suite in SUITES)
        yield f"| {tool.name} | " + " | ".join(cells) + " |"


def cell(line):
    found = re.search(r"match \d+/\d+ = ([0-9.]+)", line)[1]
    flagged, of = re.search(r"flagged (\d+)/(\d+)", line).groups()
    return f"{found} / {flagged} of {of}"
