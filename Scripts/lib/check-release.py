"""Holds the start of a release program to that of the least program there is, and prints its size without symbols.

Usage: check-release.py CAISSON    Exits with 1 where `caisson version` takes more than 2.0 times as long.

The least program imports FoundationEssentials alone and prints a line; it is built as SwiftPM builds a
static release by itself, at a random address, where ours has a fixed one. Of 60 runs each, one after the other in turns, the
shortest counts: that is what the machine's other work disturbed least.
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import time

MOST = 2.0
RUNS = 60

PACKAGE = """// swift-tools-version: 6.2
import PackageDescription
let package = Package(name: "least", targets: [.executableTarget(name: "least", path: "Sources")])
"""
# What the library is for is used (files, dates, JSON), lest the linker leave all of it out.
PROGRAM = """import FoundationEssentials
let facts = ["folder": FileManager.default.currentDirectoryPath, "time": Date.now.formatted(.iso8601)]
print(String(decoding: try JSONEncoder().encode(facts), as: UTF8.self))
"""


def build(folder):
    """Builds the least program and returns its path."""
    (folder / "Sources").mkdir()
    (folder / "Package.swift").write_text(PACKAGE)
    (folder / "Sources" / "main.swift").write_text(PROGRAM)
    command = ["swift", "build", "--package-path", str(folder), "-c", "release", "--static-swift-stdlib"]
    subprocess.run(command, check=True, stdout=sys.stderr)
    shown = subprocess.run([*command, "--show-bin-path"], check=True, capture_output=True, text=True)
    return pathlib.Path(shown.stdout.strip()) / "least"


def seconds(arguments, output):
    """How long one run takes."""
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent"}
    started = time.perf_counter()
    process = os.posix_spawn(
        arguments[0], arguments, environment, file_actions=[(os.POSIX_SPAWN_DUP2, output.fileno(), 1)]
    )
    _, status = os.waitpid(process, 0)
    ended = time.perf_counter()
    if status != 0:
        sys.exit(f"{' '.join(arguments)}: status {os.waitstatus_to_exitcode(status)}")
    return ended - started


def stripped_megabytes(program, folder):
    copy = folder / "stripped"
    subprocess.run(["strip", "-o", copy, program], check=True)
    return copy.stat().st_size / 1e6


def main(caisson):
    caisson = str(pathlib.Path(caisson).resolve())
    with tempfile.TemporaryDirectory() as work, open(os.devnull, "wb") as output:
        least = str(build(pathlib.Path(work)))
        times = [(seconds([least], output), seconds([caisson, "version"], output)) for _ in range(RUNS)]
        base, ours = (min(column) * 1000 for column in zip(*times))
        size = stripped_megabytes(caisson, pathlib.Path(work))
    print(f"caisson version: {ours:.2f} ms, the least program {base:.2f} ms: {ours / base:.2f} times (at most {MOST})")
    print(f"size without symbols: {size:.1f} MB")
    return 0 if ours <= MOST * base else 1


sys.exit(main(*sys.argv[1:]))
