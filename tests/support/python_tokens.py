"""Prints what CPython's tokenizer makes of the files named on standard input: one JSON line a file, [path, [[kind, start, end], ...]].

Offsets are bytes. A whole f-string is one string, whatever the version calls its parts. Files that it cannot read are left out.
"""

import io
import json
import sys
import token
import tokenize

KINDS = {
    token.NAME: "name",
    token.NUMBER: "number",
    token.STRING: "string",
    token.COMMENT: "comment",
    token.OP: "op",
    token.NEWLINE: "newline",
}
STARTS = {getattr(token, name, None) for name in ("FSTRING_START", "TSTRING_START")}
ENDS = {getattr(token, name, None) for name in ("FSTRING_END", "TSTRING_END")}


def tokens(raw):
    lines = io.BytesIO(raw).readlines()
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))

    def offset(place):
        row, column = place
        line = lines[row - 1].decode() if row <= len(lines) else ""
        return starts[row - 1] + len(line[:column].encode())

    depth, began = 0, 0
    for it in tokenize.tokenize(io.BytesIO(raw).readline):
        if it.type in STARTS:
            began = began if depth else offset(it.start)
            depth += 1
        elif it.type in ENDS:
            depth -= 1
            if not depth:
                yield "string", began, offset(it.end)
        elif not depth and it.type in KINDS and it.string:
            yield KINDS[it.type], offset(it.start), offset(it.end)


for path in sys.stdin.read().splitlines():
    with open(path, "rb") as file:
        raw = file.read()
    try:
        raw.decode("ascii" if b"coding" in raw[:200] else "utf-8")
        found = list(tokens(raw))
    except (SyntaxError, ValueError, tokenize.TokenError):
        continue
    print(json.dumps([path, found]))
