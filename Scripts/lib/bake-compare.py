"""Compares what a program makes of the bake files in Fixtures/bake with what docker-buildx prints.

Usage: bake-compare.py compare FIXTURES PEER [PROGRAM…]   The peer against the fixtures; with a program, that as well.
       bake-compare.py record FIXTURES PEER [CASE…]       Writes the peer's answers into the fixtures.

A case is a file: lines that begin with `$ ` set a variable of the environment, with `@ ` give arguments as a shell
splits them, with `# ` say what a reader has to know, with `! ` say why we differ; `--- NAME` begins a file. The last part
is the peer's answer, `--- printed`, `--- listed` or `--- refused`; behind it may stand ours in the same form, as
`--- ours printed`, where we differ.
"""

import concurrent.futures
import json
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile

ANSWERS = ("printed", "listed", "refused")
TIMEOUT = 60  # seconds for one run


class Case:
    """One file of Fixtures/bake."""

    def __init__(self, path):
        self.path, self.name = path, path.stem
        self.notes, self.environment, self.arguments = [], {}, []
        self.files, self.answer, self.ours = {}, None, None
        parts = ("\n" + path.read_text()).split("\n--- ")
        for line in parts[0].strip("\n").splitlines():
            self.head(line)
        for part in parts[1:]:
            name, _, text = part.partition("\n")
            text = text.removesuffix("\n") + "\n" if text.strip("\n") else ""
            if name in ANSWERS:
                self.answer = (name, text)
            elif name.startswith("ours "):
                self.ours = (name.removeprefix("ours "), text)
            else:
                self.files[name] = text

    def head(self, line):
        mark, text = line[:2], line[2:]
        if mark == "$ ":
            name, _, value = text.partition("=")
            self.environment[name] = value
        elif mark == "@ ":
            self.arguments += shlex.split(text)
        elif line:
            self.notes.append(line)

    def write(self):
        lines = self.notes + [f"$ {name}={value}" for name, value in self.environment.items()]
        if self.arguments:
            lines.append("@ " + shlex.join(self.arguments))
        text = "".join(line + "\n" for line in lines)
        for name, content in self.files.items():
            text += f"--- {name}\n{content}"
        text += f"--- {self.answer[0]}\n{self.answer[1]}"
        if self.ours:
            text += f"--- ours {self.ours[0]}\n{self.ours[1]}"
        self.path.write_text(text)

    def run(self, program):
        """What a program answers: its kind and its text; asked a second time where a busy machine gave it no chance."""
        answer = self.attempt(program)
        return self.attempt(program) if answer[0] == "endless" else answer

    def attempt(self, program):
        with tempfile.TemporaryDirectory() as work:
            folder = pathlib.Path(work, "work")
            folder.mkdir()
            for name, text in self.files.items():
                folder.joinpath(name).write_text(text)
            environment = {"PATH": os.environ["PATH"], "HOME": work, "DOCKER_CONFIG": work} | self.environment
            isListed = any(word.startswith("--list") for word in self.arguments)
            words = self.arguments if isListed else ["--print", *self.arguments]
            try:
                done = subprocess.run(
                    [*program, *words], cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True,
                    timeout=TIMEOUT, text=True, check=False,
                )
            except subprocess.TimeoutExpired:
                return "endless", f"no answer within {TIMEOUT} seconds\n"
        if done.returncode != 0:
            return "refused", reason(done.stderr)
        if isListed:
            return "listed", done.stdout
        return "printed", json.dumps(json.loads(done.stdout), indent=2, ensure_ascii=False) + "\n"


def reason(stderr):
    """The line that says what is wrong; of a program that crashed, what it died of."""
    lines = [line for line in stderr.splitlines() if line.startswith(("ERROR: ", "panic: ", "error: "))]
    return (lines or stderr.splitlines()[:1] or [""])[0] + "\n"


def normal(answer):
    """What counts of an answer: the order of names in groups doesn't, nor why something is refused."""
    kind, text = answer
    if kind in ("refused", "endless"):
        return kind, ""
    if kind == "listed" and not text.lstrip().startswith(("[", "null")):
        return kind, text
    value = json.loads(text)
    if kind == "printed":
        for group in value.get("group", {}).values():
            group["targets"] = sorted(group["targets"] or [])
    return kind, json.dumps(value, sort_keys=True)


def problems_of(case, peer, program):
    """What is another answer than the fixture has."""
    problems = []
    if normal(case.run(peer)) != normal(case.answer):
        problems.append("the peer answers something else than what is recorded")
    wanted = case.ours or case.answer
    if program and normal(case.run(program)) != normal(wanted):
        problems.append("the program answers something else")
    return problems


def compare(cases, peer, program):
    """Prints the table and the closing line; whether nothing differs that the fixtures don't have."""
    counts = {"equal": 0, "known to differ": 0, "differs": 0}
    # As many at a time as there are processors: each is a process of its own.
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        found = list(pool.map(lambda case: problems_of(case, peer, program), cases))
    for case, problems in zip(cases, found):
        kind = "differs" if problems else "known to differ" if case.ours else "equal"
        counts[kind] += 1
        if kind != "equal":
            reasons = problems or [note[2:] for note in case.notes if note.startswith("! ")]
            print(f"{kind:16} {case.name}: {' '.join(reasons)}")
    print(", ".join(f"{number} {kind}" for kind, number in counts.items()))
    print(f"{counts['equal'] + counts['known to differ']} passed, {counts['differs']} failed, 0 skipped")
    return counts["differs"] == 0


def main():
    verb, folder, peer, *rest = sys.argv[1:]
    cases = [Case(path) for path in sorted(pathlib.Path(folder).rglob("*.txt"))]
    peer = [peer, "bake"]
    if verb == "compare":
        sys.exit(0 if compare(cases, peer, rest) else 1)
    for case in cases:
        if not rest or case.name in rest:
            case.answer = case.run(peer)
            case.write()
    print(f"{len(cases)} cases")


main()
