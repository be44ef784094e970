"""Counts the tests of an xunit report: prints how many passed, failed and were skipped; or what went wrong in a log.

Usage: count-tests.py REPORT        A report that is missing or broken off counts for nothing.
       count-tests.py --log LOG     Prints what failed and, where the run broke off, what had not ended.
"""

import re
import sys
import xml.etree.ElementTree


def count(path):
    try:
        with open(path, "rb") as report:
            # What a failing test quotes may hold bytes that XML can't.
            text = re.sub(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]", b"?", report.read()).decode(errors="replace")
        text = re.sub("[\ufffe\uffff]", "?", text)
        cases = list(xml.etree.ElementTree.fromstring(text.encode()).iter("testcase"))
    except (OSError, xml.etree.ElementTree.ParseError):
        cases = []
    # The report's own totals count issues, not tests.
    failed = sum(case.find("failure") is not None for case in cases)
    skipped = sum(case.find("skipped") is not None for case in cases)
    print(len(cases) - failed - skipped, failed, skipped)


def troubles(path):
    with open(path, encoding="utf-8", errors="replace") as log:
        lines = log.read().splitlines()
    for line in lines:
        if line.startswith("✘") and not line.startswith(("✘ Suite", "✘ Test run")):
            print(line[:2000])
    if any("Test run with" in line and not line.startswith("◇") for line in lines):
        return
    started = [m[1] for m in (re.match(r"◇ Test (?!run |case )(.+) started\.$", line) for line in lines) if m]
    ended = {
        m[1]
        for m in (re.match(r"[✔✘➜] Test (.+?)(?: with \d+ test cases?)? (?:passed|failed|skipped)", l) for l in lines)
        if m
    }
    for name in started:
        if name not in ended:
            print("… had not ended:", name)


if sys.argv[1] == "--log":
    troubles(sys.argv[2])
else:
    count(sys.argv[1])
