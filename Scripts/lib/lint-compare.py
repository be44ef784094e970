"""Compares caisson lint with hadolint over Fixtures/lint, and fails on a difference that is not listed.

Usage: lint-compare.py CAISSON HADOLINT FIXTURES
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile

HIDDEN = {"DL1001", "DL3057"}  # off by default


def run(program, arguments):
    """The JSON that a program prints; None where it prints none."""
    result = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)
    return json.loads(result.stdout) if result.stdout.strip() else None


def inputs(fixtures, work):
    """The files to compare, by their names in the list of differences."""
    for path in sorted((fixtures / "projects").iterdir()):
        yield f"projects/{path.name}", path
    for path in sorted((fixtures / "rules").iterdir()):
        sections = ("\n" + path.read_text()).split("\n== ")[1:]
        for number, section in enumerate(sections):
            head, text = section.split("\n", 1)
            if "|" not in head:
                target = work / f"{path.stem}.{number}"
                target.write_text(text.rstrip("\n") + "\n")
                yield f"rules/{target.name}", target


def listed(fixtures):
    """The differences that are known, and the files that hadolint can't read."""
    known, unread = set(), set()
    for line in (fixtures / "differences.txt").read_text().splitlines():
        words = line.split()
        if line.startswith("unread "):
            unread.add(words[1])
        elif words and not line.startswith("#"):
            known.add((words[0], int(words[1]), words[2], words[3]))
    return known, unread


def main(caisson, hadolint, fixtures):
    fixtures = pathlib.Path(fixtures)
    known, unread = listed(fixtures)
    found, total, failures = set(), 0, 0
    with tempfile.TemporaryDirectory() as work:
        for name, path in inputs(fixtures, pathlib.Path(work)):
            theirs = run(hadolint, ["--no-fail", "-f", "json", str(path)])
            if theirs is None or any(item["code"] == "DL1000" for item in theirs):
                if name not in unread:
                    print(f"{name}: hadolint can't read it, and that isn't listed")
                    failures += 1
                continue
            ours = run(caisson, ["lint", "--no-shellcheck", "--no-fail", "-f", "json", str(path)]) or []
            expected = {(i["line"], i["code"]) for i in theirs if re.match("DL", i["code"])} - {(0, c) for c in HIDDEN}
            actual = {(i["instructionLine"], i["code"]) for i in ours if i["code"].startswith("DL")}
            actual |= {(a["line"], a["code"]) for i in ours for a in i["aliases"] if a["code"].startswith("DL")}
            total += len(expected | actual)
            found |= {(name, line, code, "missing") for line, code in expected - actual}
            found |= {(name, line, code, "extra") for line, code in actual - expected}
    for item in sorted(found - known):
        print("not listed:", *item)
    for item in sorted(known - found):
        print("listed, but not so:", *item)
    share = 100 * len(found) / max(total, 1)
    print(f"{total} findings, {len(found)} differences ({share:.1f} %)")
    return 1 if failures or found != known or share > 2 else 0


sys.exit(main(*sys.argv[1:]))
