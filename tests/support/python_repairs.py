"""Says what is wrong with repaired Python files: [[name, before, after, count of repairs], ...] on standard input, one line a fault.

A repair may do one thing: put a look-up of an environment variable in the place of a string (or bytes) that stands where any expression may;
and add one import.
"""

import ast
import json
import sys
import warnings

warnings.simplefilter("ignore")


def is_look_up(node, is_bytes):
    if is_bytes:
        match node:
            case ast.Call(func=ast.Attribute(value=inner, attr="encode"), args=[], keywords=[]):
                node = inner
            case _:
                return False
    match node:
        case ast.Subscript(value=ast.Attribute(value=ast.Name(), attr="environ"), slice=ast.Constant(value=str())):
            return True
        case ast.Subscript(value=ast.Name(), slice=ast.Constant(value=str())):
            return True
    return False


class Comparison:
    """Walks two trees side by side and counts where a literal became a look-up."""

    def __init__(self):
        self.count = 0
        self.faults = []

    def compare(self, before, after, forbidden=None):
        if isinstance(before, ast.Constant) and isinstance(before.value, (str, bytes)) and not isinstance(after, ast.Constant):
            if not is_look_up(after, isinstance(before.value, bytes)):
                self.faults.append(f"line {before.lineno}: became {ast.unparse(after)}")
            if forbidden:
                self.faults.append(f"line {before.lineno}: {forbidden}")
            self.count += 1
            return
        if type(before) is not type(after):
            self.faults.append(f"line {getattr(before, 'lineno', 0)}: {type(before).__name__} became {type(after).__name__}")
            return
        if isinstance(before, list):
            if len(before) != len(after):
                self.faults.append("a list became longer or shorter")
            for one, other in zip(before, after):
                self.compare(one, other, forbidden)
        elif isinstance(before, ast.AST):
            for field in before._fields:
                why = forbidden or self.why(before, field)
                self.compare(getattr(before, field, None), getattr(after, field, None), why)
        elif before != after:
            self.faults.append("a value changed")

    def why(self, node, field):
        match node, field:
            case ast.Expr(value=ast.Constant()), "value":
                return "a docstring"
            case ast.Dict(), "keys":
                return "a key"
            case ast.Subscript(), "slice":
                return "a subscript"
            case (ast.JoinedStr() | ast.FormattedValue()), _:
                return "inside an f-string"
            case (ast.match_case(), "pattern"):
                return "a pattern"
            case (ast.AnnAssign() | ast.arg(), "annotation") | (ast.FunctionDef() | ast.AsyncFunctionDef(), "returns"):
                return "an annotation"
        return None


def without_import(tree):
    for index, statement in enumerate(tree.body):
        match statement:
            case ast.Import(names=[ast.alias(name="os")]):
                return tree.body[:index] + tree.body[index + 1 :]
    return None


for name, before, after, count in json.load(sys.stdin):
    try:
        old = ast.parse(before)
        compile(before, name, "exec")
    except SyntaxError:
        continue
    try:
        new = ast.parse(after)
        compile(after, name, "exec")
    except SyntaxError as error:
        print(f"{name}: {error}")
        continue
    if ast.get_docstring(old) != ast.get_docstring(new):
        print(f"{name}: the docstring changed")
    if len(new.body) == len(old.body) + 1:
        new.body = without_import(new)
    comparison = Comparison()
    comparison.compare(old, new)
    for fault in comparison.faults[:5]:
        print(f"{name}: {fault}")
    if comparison.count != count:
        print(f"{name}: {comparison.count} literals changed, not {count}")
    print(f"compared {comparison.count}")
