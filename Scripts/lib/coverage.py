"""Says which share of the lines of each module was run, from llvm-cov's summary.

Usage: coverage.py SUMMARY REPOSITORY DETAILS

Prints a table, and writes the three worst files of each module into the file DETAILS.
"""

import collections
import json
import pathlib
import sys

WORST = 3
LEAST_LINES = 10  # a share of fewer says little


def modules(summary, repository):
    """Path, lines and covered lines of each file that people wrote, by its module."""
    found = collections.defaultdict(list)
    for file in json.loads(pathlib.Path(summary).read_text())["data"][0]["files"]:
        path = pathlib.Path(file["filename"])
        if not path.is_relative_to(repository) or "Generated" in path.parts:
            continue
        path = path.relative_to(repository)
        if path.parts[0] == "Sources" and len(path.parts) > 3:
            lines = file["summary"]["lines"]
            found["/".join(path.parts[1:3])].append((path, lines["count"], lines["covered"]))
    return found


def row(name, files):
    """One line of the table."""
    lines, covered = sum(file[1] for file in files), sum(file[2] for file in files)
    return f"{name:28} {lines:7} {100 * covered / max(lines, 1):6.1f} %"


def main(summary, repository, details):
    found = modules(summary, pathlib.Path(repository))
    print(f"{'module':28} {'lines':>7}  covered")
    with open(details, "w", encoding="utf-8") as worst:
        for name, files in sorted(found.items()):
            print(row(name, files))
            print(row(name, files), file=worst)
            files = [file for file in files if file[1] >= LEAST_LINES]
            for path, lines, covered in sorted(files, key=lambda file: (file[2] / file[1], -file[1]))[:WORST]:
                print(f"    {100 * covered / lines:5.1f} % of {lines:4}  {path}", file=worst)
    print(row("all", [file for files in found.values() for file in files]))


main(*sys.argv[1:])
