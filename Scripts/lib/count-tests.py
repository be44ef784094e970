"""Counts the tests of an xunit report: prints how many passed, failed and were skipped.

Usage: count-tests.py REPORT    A report that is missing or broken off counts for nothing.
"""

import re
import sys
import xml.etree.ElementTree

try:
    with open(sys.argv[1], "rb") as report:
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
