"""Make a Python 3 copy of the part of Autobahn|Testsuite that fuzzes.

    port_suite.py DEST

writes the package DEST/fuzzer: the case classes and the protocol classes that run them. The
installed `autobahntestsuite` is only read. Its command line, its HTML reports and its WAMP modes
are left behind; `run_cases.py` beside this file takes their place.

The suite was written when a string was a row of octets, and its cases slice, join and compare such
strings everywhere. The copy keeps them as strings in which a character stands for the octet of the
same number: the sources are read as latin-1. `run_cases.py` turns them into bytes where they leave.

Every edit says how often it must apply. A count that differs (another release of the suite) stops
the run: verdicts of a half ported suite would be worth nothing.
"""

import ast
import importlib.util
import pathlib
import re
import sys

from fissix.refactor import RefactoringTool, get_fixers_from_package

# The classes and functions of fuzzing.py that run a case; the others write reports.
PROTOCOL_PARTS = (
    "binLogData",
    "asciiLogData",
    "FuzzingProtocol",
    "FuzzingServerProtocol",
    "FuzzingClientProtocol",
)

PROTOCOL_IMPORTS = """\
import binascii, json, time
from twisted.python import log
from twisted.internet import reactor
from autobahn.util import utcnow
from autobahn.websocket.protocol import WebSocketProtocol
from autobahn.twisted.websocket import WebSocketClientProtocol, WebSocketServerProtocol
from fuzzer.case import Case, Cases
from fuzzer.octets import hexlify

def print(*_progress):
    "Standard output is for results, and those the runner prints."
"""

OCTETS = '''\
"""What Python 2 did with strings of octets, for the ported suite."""

import binascii
import pathlib

TESTDATA = pathlib.Path({testdata!r})


def octets(value):
    """The octets that a Python 2 program meant by `value`."""
    return value.encode("latin-1") if isinstance(value, str) else bytes(value)


def hexlify(value):
    return binascii.hexlify(octets(value)).decode("ascii")
'''

# (file pattern, regular expression, replacement, how often it must apply over all files)
EDITS = (
    # The literals have been read as latin-1 by now; the copy is UTF-8.
    ("*.py", r"\A# coding=utf-8\n", "", 11),
    # Hex dumps of octets that are strings now.
    ("*.py", r"\bbinascii\.(?:b2a_hex|hexlify)\(", "hexlify(", 29),
    # A class cannot name `object` before its other bases any more.
    ("*.py", r"\(object, Case, \)", "(Case, )", 6),
    # The validator checks bytes.
    ("case/case6_x_x.py", r"v\.validate\((vss\[:i\])\)", r"v.validate(octets(\1))", 1),
    # A count of frames, not a fraction.
    ("case/case10_1_1.py", r"len\(self\.payload\) / ", "len(self.payload) // ", 1),
    # Imported by the suite, in none of its lists, and not importable any more.
    ("case/__init__.py", r"^from \.case9_9_1 import \*\n", "", 1),
    # Test data stay where the package was installed.
    ("case/case12_x_x.py", r'pkg_resources\.resource_filename\("autobahntestsuite", '
                           r'"testdata/%s" % ([^)]*)\)', r"str(TESTDATA / \1)", 3),
    ("case/case12_x_x.py", r"\bpkg_resources, |, pkg_resources\b|^import pkg_resources\n", "", 1),
    # The received payload is bytes.
    ("fuzzing.py", r"p = ''\.join\(payload\)", "p = b''.join(payload)", 1),
)


def source_of(path, refactoring):
    """The text of a Python 2 file, its syntax translated, its literals as octets."""
    text = path.read_text(encoding="latin-1")
    # The fixers want a last line that ends.
    return str(refactoring.refactor_string(text.rstrip() + "\n", str(path)))


def parts_of(text, names):
    """The top level definitions of `text` with these names, in their order there."""
    wanted = [node for node in ast.parse(text).body if getattr(node, "name", None) in names]
    if len(wanted) != len(names):
        sys.exit(f"fuzzing.py has only {[node.name for node in wanted]} of {names}")
    return "\n\n".join(ast.get_source_segment(text, node) for node in wanted) + "\n"


def apply_edits(files):
    for pattern, old, new, expected in EDITS:
        applied = 0
        for name in files:
            if pathlib.PurePosixPath(name).match(pattern):
                files[name], times = re.subn(old, new, files[name], flags=re.MULTILINE)
                applied += times
        if applied != expected:
            sys.exit(f"{pattern}: {old!r} applied {applied} times, not {expected}: another release?")


def main():
    dest = pathlib.Path(sys.argv[1]) / "fuzzer"
    suite = pathlib.Path(importlib.util.find_spec("autobahntestsuite").origin).parent
    refactoring = RefactoringTool(get_fixers_from_package("fissix.fixes"))

    files = {f"case/{path.name}": source_of(path, refactoring)
             for path in sorted((suite / "case").glob("*.py")) if path.name != "case9_9_1.py"}
    files["caseset.py"] = source_of(suite / "caseset.py", refactoring)
    fuzzing = source_of(suite / "fuzzing.py", refactoring)
    files["fuzzing.py"] = PROTOCOL_IMPORTS + "\n\n" + parts_of(fuzzing, PROTOCOL_PARTS)
    if refactoring.errors:
        sys.exit(f"cannot translate: {refactoring.errors}")

    apply_edits(files)
    for name in files:
        if name.startswith("case/") and name != "case/__init__.py":
            files[name] = "from fuzzer.octets import TESTDATA, hexlify, octets\n" + files[name]
    files["__init__.py"] = ""
    files["octets.py"] = OCTETS.format(testdata=str(suite / "testdata"))

    for name, text in files.items():
        path = dest / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
