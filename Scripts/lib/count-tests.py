"""Counts the tests of an xunit report: prints how many passed, failed and were skipped.

Usage: count-tests.py REPORT    A report that is missing or broken off counts for nothing.
"""

import sys
import xml.etree.ElementTree

try:
    cases = list(xml.etree.ElementTree.parse(sys.argv[1]).iter("testcase"))
except (OSError, xml.etree.ElementTree.ParseError):
    cases = []
# The report's own totals count issues, not tests.
failed = sum(case.find("failure") is not None for case in cases)
skipped = sum(case.find("skipped") is not None for case in cases)
print(len(cases) - failed - skipped, failed, skipped)
