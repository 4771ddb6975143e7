"""Runs detect-secrets' own scanner on the files of a folder and prints what it finds, one JSON object a line.

Usage: ask_detect_secrets.py ROOT [SETTINGS], where SETTINGS is a JSON object with `plugins_used` and `filters_used` as in a baseline.
Network verification is off. Files are named relative to ROOT; an exception is named instead of findings.
"""
import json
import os
import sys

from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
from detect_secrets.core.scan import scan_file
from detect_secrets.settings import get_filters, transient_settings


def files(root):
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if name != ".git")
        for name in sorted(names):
            path = os.path.relpath(os.path.join(folder, name), root)
            if os.path.isfile(path) and not os.path.islink(path):
                yield path


def main(root, config):
    os.chdir(root)
    config.setdefault("plugins_used", [{"name": c.__name__} for c in get_mapping_from_secret_type_to_class().values()])
    with transient_settings(config) as settings:
        settings.disable_filters("detect_secrets.filters.common.is_ignored_due_to_verification_policies")
        get_filters.cache_clear()
        for path in files("."):
            found, error = {}, None
            try:
                for secret in scan_file(path):
                    found.setdefault((secret.type, secret.secret_hash), secret.line_number)
            except Exception as exception:
                error = type(exception).__name__
            entries = sorted([kind, sha1, line] for (kind, sha1), line in found.items())
            print(json.dumps({"path": path, "error": error, "found": entries}))


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]) if len(sys.argv) > 2 else {})
