"""Measures caisson lint beside hadolint for Scripts/bench --lint, turn by turn."""

import argparse
import itertools
import pathlib
import shutil

from bench import Bench

MANY = 1000
WITH_SHELLCHECK = 100  # both take seconds for each dozen of files


def readable(fixtures, shells):
    """The projects' Dockerfiles, those left out that hadolint ends over, and with `shells` false those with SHELL.

    SHELL undoes what the pragma says: ShellCheck would run in both programs and be most of what is measured.
    """
    unread = {
        line.split()[1]
        for line in (fixtures / "differences.txt").read_text().splitlines() if line.startswith("unread ")
    }
    return [
        path for path in sorted((fixtures / "projects").iterdir())
        if f"projects/{path.name}" not in unread and (shells or b"\nSHELL" not in path.read_bytes())
    ]


def spread(fixtures, folder, count, head):
    """So many files, the projects' over and over."""
    folder.mkdir()
    paths = []
    for number, source in zip(range(count), itertools.cycle(readable(fixtures, shells=not head))):
        path = folder / f"Dockerfile.{number}"
        path.write_bytes(head + source.read_bytes())
        paths.append(str(path))
    return paths


def main():
    """Three tables."""
    parser = argparse.ArgumentParser()
    for name in ("work", "caisson", "hadolint", "fixtures"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--runs", type=int, required=True)
    parser.add_argument("--files", type=int, default=MANY)
    options = parser.parse_args()
    bench, work = Bench(options), pathlib.Path(options.work)
    fixtures = pathlib.Path(options.fixtures)

    def commands(paths, *flags):
        arguments = ["--no-fail", "-f", "json", *paths]
        return {
            "caisson lint": [options.caisson, "lint", *flags, *arguments],
            "hadolint": [options.hadolint, *arguments],
        }

    # The pragma keeps hadolint's ShellCheck out, and ours as well.
    pragma = b"# hadolint shell=powershell\n"
    one = spread(fixtures, work / "one", 1, pragma)
    bench.side_by_side("One file", commands(one), bench.run)
    options.runs = min(options.runs, 5)
    many = spread(fixtures, work / "many", options.files, pragma)
    bench.side_by_side(f"{options.files} files in one invocation, no ShellCheck", commands(many), bench.run)
    if not shutil.which("shellcheck"):
        print("\nshellcheck is not installed: nothing is measured with it")
        return
    options.runs = 1
    checked = spread(fixtures, work / "checked", min(options.files, WITH_SHELLCHECK), b"")
    bench.side_by_side(f"{len(checked)} files with ShellCheck in both", commands(checked), bench.run)


main()
