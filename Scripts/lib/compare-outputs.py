"""Records what a program prints on a list of invocations, and compares two records.

Usage: compare-outputs.py record PROGRAM FIXTURES WORK RECORD [--engine ADDRESS] [--registry HOST:PORT]
       compare-outputs.py compare OLD NEW    Prints each difference, and exits with 1 where there is one.

All runs of a record have the same paths as those of another: WORK/run is made anew for each line. So paths need no
rewriting; of invocations with an engine times, ids and the order of concurrent steps are made alike.
"""

import argparse
import difflib
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys

NO_ENGINE = "unix:///nonexistent/engine.sock"
MOST_LINES = 40  # of one difference


def lines_of(path):
    """Folder, needs and text of each invocation."""
    folder, needs = "", set()
    for line in path.read_text().splitlines():
        if line.startswith("== "):
            folder, *words = line[3:].split()
            needs = set(words)
        elif line.strip() and not line.startswith("#"):
            yield folder, needs, line.strip()


class Recorder:
    """Runs the lines with one program."""

    def __init__(self, program, fixtures, work, addresses):
        self.program = str(pathlib.Path(program).resolve())
        self.fixtures, self.run = pathlib.Path(fixtures), pathlib.Path(work) / "run"
        self.addresses = addresses

    def environment(self, has_engine):
        """Nothing of the caller's but PATH."""
        return {
            "PATH": os.environ["PATH"], "HOME": str(self.run / "home"), "CAISSON_HOME": str(self.run / "state"),
            "DOCKER_CONFIG": str(self.run / "docker"), "LC_ALL": "C", "TZ": "UTC",
            "CAISSON_HOST": self.addresses["engine"] if has_engine else NO_ENGINE,
            "LLVM_PROFILE_FILE": "/dev/null",
        }

    def record(self, folder, needs, text):
        """What all invocations of a line gave, one after the other in the same copy."""
        shutil.rmtree(self.run, ignore_errors=True)
        for name in ("home", "state", "docker"):
            (self.run / name).mkdir(parents=True)
        shutil.copytree(self.fixtures / folder, self.run / "work", symlinks=True)
        os.utime(self.run / "work", (0, 0))
        for path in (self.run / "work").rglob("*"):
            os.utime(path, (0, 0), follow_symlinks=False)
        before = self.files()
        results = [self.invoke(part, needs) for part in text.split(" ; ")]
        after = self.files()
        changed = {path: content for path, content in after.items() if before.get(path) != content}
        changed |= {path: "removed" for path in before.keys() - after.keys()}
        return {"line": text, "folder": folder, "results": results, "files": changed, "needs": sorted(needs)}

    def invoke(self, text, needs):
        for name, address in self.addresses.items():
            text = text.replace("{" + name + "}", address or "")
        words = shlex.split(text)
        environment = self.environment("engine" in needs)
        while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
            name, _, environment[name] = words.pop(0).partition("=")
        standard_input = subprocess.DEVNULL
        if "<" in words:
            standard_input = open(self.run / "work" / words.pop(words.index("<") + 1), "rb")
            words.remove("<")
        result = subprocess.run(
            [self.program, *words], cwd=self.run / "work", env=environment, stdin=standard_input,
            capture_output=True, timeout=120, check=False,
        )
        return {
            "status": result.returncode, "stdout": result.stdout.decode("latin-1"),
            "stderr": result.stderr.decode("latin-1"),
        }

    def files(self):
        """The content of every file in the copy."""
        return {
            str(path.relative_to(self.run / "work")): path.read_bytes().decode("latin-1")
            for path in sorted((self.run / "work").rglob("*")) if path.is_file() and not path.is_symlink()
        }


def record(program, fixtures, work, output, addresses):
    """Records all lines whose needs are there."""
    recorder = Recorder(program, fixtures, work, addresses)
    found = [
        recorder.record(folder, needs, text)
        for folder, needs, text in lines_of(recorder.fixtures / "invocations.txt")
        if all(addresses[need] for need in needs)
    ]
    pathlib.Path(output).write_text(json.dumps(found))


# What differs between two runs of the same program with an engine.
VOLATILE = [
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", "TIME"),
    (r"\bsha256[:/-]?[0-9a-f]{64}\b", "DIGEST"),
    (r"\b[0-9a-f]{64}\b", "ID"),
    (r"\b[0-9a-z]{25}\b", "ID"),
    (r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "ID"),
    (r"\b\d+(\.\d+)?m?s\b", "DURATION"),
    (r'("caisson\.duration\.seconds": ?)[\d.e-]+', r"\1SECONDS"),
    (r"\b\d+(\.\d+)? ?[kMG]?i?B(/s)?\b", "SIZE"),
    (r'("(?:caisson\.image\.)?size": ?)\d+', r"\1SIZE"),
    (r"\b(local:)\d+\b", r"\1ID"),
    (r"\b10\.231(\.\d+){2}\b", "ADDRESS"),
]


def alike(text):
    for pattern, word in VOLATILE:
        text = re.sub(pattern, word, text)
    return text


def alike_progress(text):
    """Lines of concurrent steps in an order of their own, each once, without the step's number and how far it got."""
    lines = text.splitlines()
    if lines and all(line.startswith("{") for line in lines):
        return "".join(sorted({line + "\n" for line in status_names(text)}))
    lines = {re.sub(r"^#\d+ (.*?):?( SIZE)?( / SIZE)?( DURATION)?( done)?$", r"#N \1", alike(line)) for line in lines}
    return "".join(line + "\n" for line in sorted(lines - {"#N ..."}))


def status_names(text):
    """What BuildKit's status in JSON speaks of, however it is cut into lines."""
    for line in text.splitlines():
        for kind, items in json.loads(line).items():
            for item in items if isinstance(items, list) else [items]:
                keys = sorted(item) if isinstance(item, dict) else []
                name = (item.get("name") or item.get("id") or "") if isinstance(item, dict) else item
                yield alike(f"{kind} {name} {' '.join(keys)}")


def comparable(entry):
    """The parts of an entry, by their names."""
    has_engine = bool(entry["needs"])
    for number, result in enumerate(entry["results"], 1):
        yield f"{number} status", str(result["status"])
        yield f"{number} stdout", alike(result["stdout"]) if has_engine else result["stdout"]
        yield f"{number} stderr", alike_progress(result["stderr"]) if has_engine else result["stderr"]
    for path, content in entry["files"].items():
        if has_engine:
            # Archives hold times and ids; an image's cache is named after what it holds.
            path, content = alike(path), f"{len(content) > 0}" if "\0" in content else alike(content)
        yield f"file {path}", content


def differences(old, new):
    """Text for people of how two parts differ."""
    lines = list(difflib.unified_diff(old.splitlines(), new.splitlines(), "old", "new", lineterm="", n=1))
    if not lines:
        lines = [f"old: {old[:200]!r}", f"new: {new[:200]!r}"]
    more = [f"… {len(lines) - MOST_LINES} lines more"] if len(lines) > MOST_LINES else []
    return [repr(line)[1:-1][:400] for line in lines[:MOST_LINES]] + more


def compare(old, new):
    """Prints each difference and how many there are."""
    pairs = list(zip(json.loads(pathlib.Path(old).read_text()), json.loads(pathlib.Path(new).read_text()), strict=True))
    different = 0
    for before, after in pairs:
        left, right = dict(comparable(before)), dict(comparable(after))
        names = [name for name in sorted(left.keys() | right.keys()) if left.get(name) != right.get(name)]
        different += bool(names)
        for name in names:
            print(f"[{before['folder']}] {before['line']}\n  {name}:")
            for line in differences(left.get(name, "(missing)"), right.get(name, "(missing)")):
                print("   ", line)
    count = sum(len(before["results"]) for before, _ in pairs)
    print(f"{count} invocations in {len(pairs)} lines, {different} lines differ")
    return 1 if different else 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("mode", choices=["record", "compare"])
    parser.add_argument("words", nargs="+")
    parser.add_argument("--engine")
    parser.add_argument("--registry")
    options = parser.parse_args()
    if options.mode == "compare":
        return compare(*options.words)
    record(*options.words, {"engine": options.engine, "registry": options.registry})
    return 0


if __name__ == "__main__":
    sys.exit(main())
