"""Compares caisson lint over Fixtures/lint with another checker, and fails on a difference that is not listed.

Usage: lint-compare.py CAISSON FIXTURES hadolint HADOLINT
       lint-compare.py CAISSON FIXTURES buildkit DOCKER SOCKET

`buildkit` asks the engine behind the socket through `caisson build --check`; a base image that the engine has not is
made of an empty one by its own client DOCKER, with the variables that FIXTURES/images.txt has for it. The lists of
differences are FIXTURES/differences.txt and FIXTURES/buildkit-differences.txt. `buildkit` also asks what the engine
refuses of FIXTURES/refusals: caisson lint must find DL1000 there, in the line that is written, and nowhere else.

FIXTURES/projects are files as people write them, of which few may differ. FIXTURES/forms and FIXTURES/rules are there for
single forms, among them many that the other gets wrong: how many differ there says nothing.
"""

import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HIDDEN = {"DL1001", "DL3057"}  # off by default


def run(program, arguments, **environment):
    """What a program prints on standard output and standard error."""
    result = subprocess.run(
        [program, *arguments],
        capture_output=True, text=True, check=False, timeout=120, env={**os.environ, **environment},
    )
    return result.stdout, result.stderr


def inputs(fixtures, work):
    """The files to compare, each in a context of its own, by their names in the list of differences."""
    for folder in ("projects", "forms"):
        for path in sorted((fixtures / folder).iterdir()):
            yield f"{folder}/{path.name}", place(work, path.name, path.read_bytes()), False
    for path in sorted((fixtures / "rules").iterdir()):
        sections = ("\n" + path.read_text()).split("\n== ")[1:]
        for number, section in enumerate(sections):
            head, text = section.split("\n", 1)
            options = head.split(" | ")[1].split() if " | " in head else []
            target = place(work, f"{path.stem}.{number}", (text.rstrip("\n") + "\n").encode())
            for option in options:
                if option.startswith("ignore="):
                    (target.parent / ".dockerignore").write_text(option.removeprefix("ignore=") + "\n")
            yield f"rules/{path.stem}.{number}", target, bool(options)


def place(work, name, text):
    """A Dockerfile in a folder of its own."""
    folder = work / name
    folder.mkdir()
    (folder / "Dockerfile").write_bytes(text)
    return folder / "Dockerfile"


class Hadolint:
    """hadolint's findings are of the same codes on the same lines."""

    name = "hadolint"
    listed = "differences.txt"
    most_different = 2  # percent, of what is found in the projects

    def __init__(self, program):
        self.program = program

    def compares(self, has_options):
        """The options of an example are ours alone."""
        return not has_options

    def findings(self, path):
        """Lines and codes, and why there are none."""
        output, errors = run(self.program, ["--no-fail", "-f", "json", str(path)])
        if not output.strip():
            return set(), errors.strip() or "no answer"
        found = json.loads(output)
        broken = [item["message"] for item in found if item["code"] == "DL1000"]
        if broken:
            return set(), broken[0]
        expected = {(i["line"], i["code"]) for i in found if re.match("DL", i["code"])}
        return expected - {(0, code) for code in HIDDEN}, None

    def ours(self, findings):
        """Those of our findings that hadolint has, too."""
        actual = {(i["instructionLine"], i["code"]) for i in findings if i["code"].startswith("DL")}
        # DL1000 is what BuildKit refuses, of which hadolint knows little.
        return {item for item in actual if item[1] != "DL1000"} | {
            (a["line"], a["code"]) for i in findings for a in i["aliases"] if a["code"].startswith("DL")
        }


class BuildKit:
    """The checks of BuildKit's front end are of the same names on the same lines."""

    name = "BuildKit"
    listed = "buildkit-differences.txt"
    most_different = 100  # what it says depends on base images, which stand-ins can't be in all
    base = "caisson.test/empty:1"

    def __init__(self, docker, socket, caisson, fixtures):
        self.docker, self.caisson = docker, caisson
        self.environment = {"DOCKER_HOST": f"unix://{socket}", "CAISSON_HOST": f"unix://{socket}"}
        self.make(self.base, ["PATH=/bin"])
        for line in (fixtures / "images.txt").read_text().splitlines():
            if line and not line.startswith("#"):
                name, *variables = line.split()
                self.make(name, ["PATH=/bin", *variables])

    def make(self, name, variables):
        """An image without files."""
        empty = subprocess.run(["tar", "-cf", "-", "-T", "/dev/null"], capture_output=True, check=True).stdout
        changes = [word for variable in variables for word in ("-c", f"ENV {variable}")]
        subprocess.run(
            [self.docker, "import", *changes, "-", name],
            input=empty, check=True, capture_output=True, env={**os.environ, **self.environment},
        )

    def compares(self, has_options):
        """An example's ignore file is in its context."""
        return True

    def findings(self, path):
        """Lines and names, and why they may not be all."""
        # The front end of the engine is meant, and no other that it would have to fetch. The directive stays one.
        text = re.sub(rb"(?im)\A#\s*syntax\s*=.*$", b"# escape=\\\\", path.read_bytes())
        copy = path.parent / "checked"
        copy.write_bytes(text)
        # Of the checks that BuildKit 0.25 calls experimental one is on by default in newer ones, and here.
        more = [] if b"check=" in text else ["--build-arg", EXPERIMENTAL]
        for _ in range(16):
            answer, errors = self.ask(path.parent, copy, more)
            if answer is None:
                return set(), errors
            error = (answer.get("buildError") or {}).get("message", "")
            # A base image that isn't there; a name with a digest can't be given to another image.
            missing = re.search(r"failed to resolve source metadata for ([^\s@]+): ", error)
            if not missing or run(self.docker, ["tag", self.base, missing[1]], **self.environment)[1]:
                break
        found = {(w["location"]["ranges"][0]["start"]["line"], w["ruleName"]) for w in answer.get("warnings") or []}
        return found, error or None

    def ask(self, context, dockerfile, more=()):
        """The engine's answer, or why there is none."""
        output, errors = run(
            self.caisson,
            ["build", "--call", "check,format=json", *more, "-f", str(dockerfile), str(context)], **self.environment,
        )
        try:
            return json.loads(output), None
        except ValueError:
            return None, errors.strip().splitlines()[-1] if errors.strip() else "no answer"

    def ours(self, findings):
        """Those of our findings that BuildKit has, too."""
        return {(i.get("buildKitLine", i["instructionLine"]), i["code"]) for i in findings if i["code"] in CHECKS}


    def refusal(self, path):
        """The lines of the place that it names, and its reason; None where it accepts a file."""
        # Without a build argument, which would come before the file's own `# check=`.
        answer, errors = self.ask(path.parent, path)
        if answer is None:
            return range(0), errors
        error = answer.get("buildError")
        if not error:
            return None
        places = (error.get("location") or {}).get("ranges") or [{}]
        first, last = (places[0].get(end, {}).get("line", 0) for end in ("start", "end"))
        # Of some it names no place.
        return range(first, max(first, last) + 1) if first else range(0), error["message"]


EXPERIMENTAL = "BUILDKIT_DOCKERFILE_CHECK=experimental=CopyIgnoredFile"
CHECKS = set(
    """
    StageNameCasing FromAsCasing NoEmptyContinuation ConsistentInstructionCasing DuplicateStageName ReservedStageName
    JSONArgsRecommended MaintainerDeprecated UndefinedArgInFrom WorkdirRelativePath UndefinedVar
    MultipleInstructionsDisallowed LegacyKeyValueFormat InvalidBaseImagePlatform RedundantTargetPlatform
    SecretsUsedInArgOrEnv InvalidDefaultArgInFrom FromPlatformFlagConstDisallowed CopyIgnoredFile
    InvalidDefinitionDescription ExposeProtoCasing ExposeInvalidFormat
    """.split()
)


def listed(path):
    """The differences that are known, and the files that the other can't read."""
    known, unread = set(), set()
    for line in path.read_text().splitlines():
        words = line.split()
        if line.startswith("unread "):
            unread.add(words[1])
        elif words and not line.startswith("#"):
            known.add((words[0], int(words[1]), words[2], words[3]))
    return known, unread


def compare(caisson, other, name, path):
    """The differences in one file, how many findings there are, and why the other can't read it."""
    expected, reason = other.findings(path)
    output, _ = run(caisson, ["lint", "--no-shellcheck", "--no-fail", "-f", "json", str(path)])
    actual = other.ours(json.loads(output) if output.strip() else [])
    if reason is not None:
        # It ends at its first error, so that only what it said before can be compared.
        actual &= expected
    found = {(name, line, code, "missing") for line, code in expected - actual}
    found |= {(name, line, code, "extra") for line, code in actual - expected}
    return found, len(expected | actual), reason


SIGNS = {"␤": "\n", "␍": "\r", "<TAB>": "\t", "<NBSP>": "\u00a0", "<BOM>": "\ufeff"}


def refusals(fixtures, work):
    """Names, Dockerfiles, and the line that ours and BuildKit's must be in; no line where both accept."""
    for path in sorted((fixtures / "refusals").iterdir()):
        for number, row in enumerate(path.read_text().splitlines(), 1):
            match = re.fullmatch(r"(accepted|refused (\d+)(?:\((\d+)\))?) *\| (.*)", row)
            if not match:
                continue
            text = match[4][1:] if match[4].startswith(":") else "FROM scratch␤" + match[4]
            for sign, meaning in SIGNS.items():
                text = text.replace(sign, meaning)
            text = re.sub(r"<(.)\*(\d+)>", lambda many: many[1] * int(many[2]), text)
            name = f"{path.stem}.{number}"
            lines = (int(match[2]), int(match[3] or match[2])) if match[2] else None
            yield name, match[4], place(work, name, text.encode()), lines


def compare_refusals(caisson, other, fixtures):
    """The number of texts of which one of the two thinks otherwise than is written."""
    wrong = 0
    with tempfile.TemporaryDirectory() as work, concurrent.futures.ThreadPoolExecutor(4) as pool:
        cases = list(refusals(fixtures, pathlib.Path(work)))
        paths = [str(path) for _, _, path, _ in cases]
        ours = {}
        output, _ = run(caisson, ["lint", "--no-shellcheck", "--no-fail", "-f", "json", *paths])
        for finding in json.loads(output):
            if finding["code"] == "DL1000":
                ours.setdefault(str(pathlib.Path(finding["file"]).absolute()), set()).add(finding["line"])
        answers = pool.map(lambda case: other.refusal(case[2]), cases)
        for (name, text, path, lines), answer in zip(cases, answers):
            found = ours.get(str(path), set())
            if (answer is not None) != (lines is not None) or (lines and answer[0] and lines[1] not in answer[0]):
                print(f"{name}: {other.name} says otherwise of {text[:100]!r}: {answer}")
                wrong += 1
            elif bool(found) != bool(lines) or (lines and lines[0] not in found):
                print(f"{name}: caisson lint says otherwise of {text[:100]!r}: {sorted(found)}")
                wrong += 1
    count = sum(1 for case in cases if case[3])
    print(f"{other.name}: {count} texts that it refuses, {len(cases) - count} that it accepts, {wrong} differences")
    return wrong


def main(caisson, fixtures, kind, *arguments):
    """Compares all files and prints what isn't listed; the status is 1 where there is such a thing."""
    fixtures = pathlib.Path(fixtures)
    other = Hadolint(*arguments) if kind == "hadolint" else BuildKit(*arguments, caisson, fixtures)
    wrong = compare_refusals(caisson, other, fixtures) if kind == "buildkit" else 0
    known, unread = listed(fixtures / other.listed)
    found, totals, failures = set(), {"projects": 0, "forms": 0, "rules": 0}, set()
    with tempfile.TemporaryDirectory() as work, concurrent.futures.ThreadPoolExecutor(4) as pool:
        files = [(name, path) for name, path, has_options in inputs(fixtures, pathlib.Path(work))
                 if other.compares(has_options)]
        for (name, _), (differences, count, reason) in zip(
            files, pool.map(lambda file: compare(caisson, other, *file), files)
        ):
            found |= differences
            totals[name.split("/")[0]] += count
            if reason is not None and name not in unread:
                print(f"{name}: {other.name} can't read it, and that isn't listed: {reason}")
                failures.add(name)
            elif reason is None and name in unread:
                print(f"{name}: listed as unread, but {other.name} can read it")
                failures.add(name)
    for item in sorted(found - known):
        print("not listed:", *item)
    for item in sorted(known - found):
        print("listed, but not so:", *item)
    failures |= {item[0] for item in found ^ known}
    shares = {}
    for folder, total in totals.items():
        count = sum(1 for name, _ in files if name.startswith(folder + "/"))
        different = sum(1 for item in found if item[0].startswith(folder + "/"))
        shares[folder] = 100 * different / max(total, 1)
        print(
            f"{other.name}: {folder}: {count} files, {total} findings, {different} differences ({shares[folder]:.1f} %)"
        )
    share = shares["projects"]
    if share > other.most_different:
        print(f"more than {other.most_different} % of the projects' findings are different")
    return 1 if failures or wrong or share > other.most_different else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
