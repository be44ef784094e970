"""The scripts of the GitHub action and of the GitLab templates, run as those services run them."""

import hashlib
import json
import os
import shutil
import tarfile

from integration_case import BAD, GOOD, HOSTILE, REPOSITORY, Case, run, template

ACTION = REPOSITORY / "Integrations" / "github-action"


class GitHubTests(Case):
    METADATA = '{\n  "caisson.steps.total": 3,\n  "containerimage.digest": "sha256:a"\n}'

    def act(self, step, **inputs):
        env = self.environment(**{"INPUT_" + name: value for name, value in inputs.items()})
        return run([str(ACTION), step], env=env, cwd=self.work)

    def outputs(self):
        """The outputs as GitHub reads them."""
        path = self.folder / "output"
        lines = iter(path.read_text().split("\n") if path.exists() else [])
        found = {}
        for line in lines:
            if "<<" in line:
                name, mark = line.split("<<", 1)
                found[name] = "\n".join(iter(lines.__next__, mark))
        return found

    def test_lint_marks_findings_and_writes_sarif(self):
        self.use_caisson()
        self.write("Dockerfile", BAD)
        found = self.act("run", COMMAND="lint", SARIF_FILE="out.sarif")
        self.assertEqual(found.returncode, 1, found.stderr)
        self.assertIn("::error file=Dockerfile,line=2", found.stdout)
        self.assertEqual(self.outputs(), {"sarif-file": "out.sarif"})
        self.assertEqual(json.loads((self.work / "out.sarif").read_text())["version"], "2.1.0")
        self.assertEqual(self.act("run", COMMAND="lint", ARGS="--ignore\nDL3004", FAILURE_THRESHOLD="error").returncode, 0)
        self.assertEqual(self.act("run", COMMAND="lint", FILES="missing").returncode, 2)

    def test_lint_takes_no_input_for_shell_words(self):
        self.use_recorder()
        files = "\n".join(HOSTILE)
        found = self.act("run", COMMAND="lint", FILES=files, FAILURE_THRESHOLD="$(touch harm)", FORMAT="; touch harm",
                         ARGS="-x y\n")
        self.assertEqual(found.returncode, 0, found.stderr)
        expected = ["lint", "--failure-threshold", "$(touch harm)", "-x y", "--format", "; touch harm", "--", *HOSTILE]
        self.assertEqual(self.recorded(), [expected])
        self.assertHarmless()

    def test_build_takes_no_input_for_shell_words_and_sets_outputs(self):
        self.use_recorder(then=f"open(sys.argv[sys.argv.index('--metadata-file') + 1], 'w').write({self.METADATA!r})\n"
                          "open(sys.argv[sys.argv.index('--iidfile') + 1], 'w').write('sha256:b')\n")
        found = self.act("run", COMMAND="build", CONTEXT="--harm", FILE="a b", TAGS="x:1\n  $(touch harm)\r\n\n", PUSH="true",
                         LOAD="false", PLATFORMS="linux/amd64, linux/arm64\nlinux/386", BUILD_ARGS="A=1 2\nB=`touch harm`",
                         CACHE_FROM="type=gha", CACHE_TO="type=gha,mode=max", TARGET="", ARGS="--sbom=true")
        self.assertEqual(found.returncode, 0, found.stderr)
        call = self.recorded()[0]
        for flag in ("--metadata-file", "--iidfile"):
            place = call.index(flag)
            self.assertTrue(os.path.isabs(call[place + 1]))
            del call[place:place + 2]
        self.assertEqual(call, [
            "build", "--file", "a b", "--tag", "x:1", "--tag", "$(touch harm)", "--platform", "linux/amd64,linux/arm64,linux/386",
            "--build-arg", "A=1 2", "--build-arg", "B=`touch harm`", "--cache-from", "type=gha", "--cache-to", "type=gha,mode=max",
            "--push", "--sbom=true", "--", "--harm",
        ])
        self.assertEqual(self.outputs(), {"digest": "sha256:a", "imageid": "sha256:b", "metadata": self.METADATA})
        self.assertHarmless()

    def test_a_build_that_fails_has_its_status_and_no_outputs(self):
        self.use_recorder(then="sys.exit(130)\n")
        self.assertEqual(self.act("run", COMMAND="build").returncode, 130)
        self.assertEqual(self.outputs(), {})

    def test_wrong_inputs_are_told(self):
        self.use_recorder()
        for inputs, word in [({"COMMAND": "deploy"}, "command"), ({"COMMAND": "build", "PUSH": "yes"}, "push")]:
            found = self.act("run", **inputs)
            self.assertEqual(found.returncode, 2)
            self.assertTrue(found.stderr.startswith(f"error: {word} — "), found.stderr)
        self.assertEqual(self.recorded(), [])
        self.assertEqual(self.act("fly").returncode, 2)

    def test_a_tarball_is_installed_if_its_digest_is_right(self):
        self.write("caisson/bin/caisson", "#!/bin/sh\n", executable=True)
        package = self.work / "caisson 1.tar.gz"
        with tarfile.open(package, "w:gz") as archive:
            archive.add(self.work / "caisson", ".")
        digest = hashlib.sha256(package.read_bytes()).hexdigest()
        self.assertEqual(self.act("install", PACKAGE=package.name, SHA256=digest).returncode, 0)
        folder = (self.folder / "path").read_text().strip()
        self.assertTrue(os.access(folder + "/caisson", os.X_OK))
        shutil.rmtree(os.path.dirname(folder))
        for inputs, word in [
            ({"PACKAGE": package.name, "SHA256": "0" * 64}, "digest"), ({"PACKAGE": "nothing.deb"}, "no such file"),
            ({"PACKAGE": "https://127.0.0.1:1/x.deb"}, "sha256"), ({"PACKAGE": "http://127.0.0.1:1/x.deb"}, "https://"),
            ({"PACKAGE": "caisson/bin/caisson"}, ".deb or .tar.gz"),
        ]:
            found = self.act("install", **inputs)
            self.assertEqual(found.returncode, 2, found.stderr)
            self.assertIn(word, found.stderr)

    def test_without_a_package_the_program_must_be_there(self):
        self.use_recorder()
        self.assertEqual(self.act("install").returncode, 0)
        (self.programs / "caisson").unlink()
        if not shutil.which("caisson"):
            found = self.act("install")
            self.assertEqual(found.returncode, 2)
            self.assertIn("package", found.stderr)


class GitLabTests(Case):
    def job(self, name, **variables):
        """Runs a template's script as GitLab's runner does, by the image's shell."""
        _, jobs = template(REPOSITORY / "templates" / name)
        job = next(iter(jobs.values()))
        script = "\n".join(job["script"])
        self.write("script.sh", "#!/bin/sh\n" + script)
        checked = run(["shellcheck", "--shell=sh", "script.sh"], cwd=self.work)
        self.assertEqual(checked.returncode, 0, checked.stdout)
        values = {key: str(value) for key, value in job["variables"].items()}
        return run(["sh", "-e", "script.sh"], cwd=self.work, env=self.environment(**(values | variables)))

    def test_lint_writes_a_report_and_fails_for_findings(self):
        self.use_caisson()
        self.write("Dockerfile", BAD)
        self.write("good/Dockerfile", GOOD)
        found = self.job("lint.yml")
        self.assertEqual(found.returncode, 1, found.stderr)
        self.assertIn("DL3004", found.stdout)
        report = json.loads((self.work / "gl-code-quality-report.json").read_text())
        self.assertEqual({finding["check_name"] for finding in report} & {"DL3004", "DL3006"}, {"DL3004", "DL3006"})
        self.assertEqual(self.job("lint.yml", CAISSON_FILES="good").returncode, 0)

    def test_lint_takes_no_input_for_shell_words(self):
        self.use_recorder()
        found = self.job("lint.yml", CAISSON_FILES="\n".join(HOSTILE), CAISSON_THRESHOLD="$(touch harm)")
        self.assertEqual(found.returncode, 0, found.stderr)
        self.assertEqual([call[call.index("--") + 1:] for call in self.recorded()], [HOSTILE, HOSTILE])
        self.assertHarmless()

    def test_build_logs_in_and_takes_no_input_for_shell_words(self):
        self.use_recorder(then="import os\nprint(open(os.environ['DOCKER_CONFIG'] + '/config.json').read())\n")
        found = self.job("build.yml", CI_REGISTRY="r.example", CI_REGISTRY_USER="u", CI_REGISTRY_PASSWORD="p" * 80,
                         CAISSON_CONTEXT="--harm", CAISSON_TAG="$(touch harm)", CAISSON_CACHE="r.example/c", CAISSON_PLATFORMS="")
        self.assertEqual(found.returncode, 0, found.stderr)
        self.assertEqual(list(json.loads(found.stdout)["auths"]), ["r.example"])
        self.assertEqual(self.recorded(), [[
            "build", "--file", "Dockerfile", "--tag", "$(touch harm)", "--push", "--metadata-file", "metadata.json",
            "--cache-from", "type=registry,ref=r.example/c", "--cache-to", "type=registry,ref=r.example/c,mode=max", "--", "--harm",
        ]])
        self.assertHarmless()
