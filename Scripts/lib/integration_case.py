"""What the tests of Scripts/check-integrations share: a folder of their own, programs that record how they are called."""

import json
import os
import pathlib
import stat
import subprocess
import sys
import tempfile
import unittest

import ruamel.yaml

REPOSITORY = pathlib.Path(os.environ["CAISSON_REPOSITORY"])
CAISSON = os.environ["CAISSON_PROGRAM"]
BAD = "FROM debian\nRUN sudo x\n"
GOOD = "FROM debian:12\nUSER 1000\n"

# Texts that a shell would take for its own if it saw them; each would leave a file named `harm`.
HOSTILE = [
    "$(touch harm)", "`touch harm`", "; touch harm", "' ; touch harm ; '", '" ; touch harm ; "', "*", "--harm", "a b", "${IFS}",
]


def load(text):
    return ruamel.yaml.YAML(typ="safe").load(text)


def run(words, **more):
    return subprocess.run(words, capture_output=True, text=True, timeout=300, check=False, stdin=subprocess.DEVNULL, **more)


def template(path):
    """The two documents of a template, the second with the inputs' defaults in it."""
    header, jobs = path.read_text().split("\n---\n")
    spec = load(header)
    for name, facts in spec["spec"]["inputs"].items():
        jobs = jobs.replace(f"$[[ inputs.{name} ]]", facts["default"])
    return spec, load(jobs)


def page_blocks():
    """The examples of the page about editors and CI, each with its language."""
    parts = (REPOSITORY / "Documentation" / "editors-and-ci.md").read_text().split("\n```")[1:]
    return [tuple(part.split("\n", 1)) for part in parts[::2]]


class Case(unittest.TestCase):
    """A test with a folder of its own, which is where its programs run."""

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.programs = self.folder / "programs"
        self.programs.mkdir()
        self.work = self.folder / "work"
        self.work.mkdir()

    def write(self, name, text, executable=False):
        path = self.work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        if executable:
            path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return path

    def program(self, name, text):
        path = self.programs / name
        path.write_text(text, encoding="utf-8")
        path.chmod(0o755)

    def use_caisson(self):
        (self.programs / "caisson").symlink_to(os.path.abspath(CAISSON))

    def use_recorder(self, name="caisson", then=""):
        """A program that writes its arguments to `arguments`, a line a call in JSON, instead of doing anything."""
        self.program(name, f"#!{sys.executable}\nimport json, sys\nopen({str(self.folder / 'arguments')!r}, 'a')"
                     f".write(json.dumps(sys.argv[1:]) + '\\n')\n{then}")

    def recorded(self):
        path = self.folder / "arguments"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def environment(self, **more):
        env = {"PATH": f"{self.programs}:{os.environ['PATH']}", "HOME": str(self.folder), "PYTHONPATH": os.environ["PYTHONPATH"],
               "GITHUB_OUTPUT": str(self.folder / "output"), "GITHUB_PATH": str(self.folder / "path"), "LC_ALL": "C.UTF-8"}
        for name in ("http_proxy", "https_proxy", "SSL_CERT_FILE"):
            if name in os.environ:
                env[name] = os.environ[name]
        return env | more

    def assertHarmless(self):
        self.assertEqual(list(self.work.rglob("harm")), [])
