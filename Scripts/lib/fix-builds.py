"""Builds Dockerfiles before and after their safe fixes on a real engine, and fails where the image is another one.

Usage: fix-builds.py CAISSON BUSYBOX DEBIAN.TAR DOCKER BUILDX SOCKET [COUNT]

The Dockerfiles are put together from lines that each one rule with a safe fix finds; all such rules come up. Package
managers that want a network are stand-ins that note what they were to install; apt-get, apt and wget are real.
"""

import hashlib
import io
import json
import os
import pathlib
import random
import subprocess
import sys
import tarfile
import tempfile

# Each with the rule that finds it, the base that it needs, and its lines; @ stands for a number of its own.
LINES = [
    ("ConsistentInstructionCasing", "", "run echo @ > /casing-@"),
    ("ConsistentInstructionCasing", "", "Copy a.txt /casing-copy-@"),
    ("DL3014", "debian", "RUN apt-get install --no-install-recommends /deb/hello.deb && echo @ > /apt-get-@"),
    ("DL3027", "debian", "RUN apt install -y /deb/hello.deb && echo @ > /apt-@"),
    ("DL3020", "", "ADD a.txt b.conf /added-@/"),
    ("DL3020", "", "ADD --chown=7:8 --chmod=640 a.txt /added-@.txt"),
    ("DL3020", "", "ADD folder/ /folder-@/"),
    ("DL3030", "busybox", "RUN yum install tree-1 && echo @ >> /pkgs"),
    ("DL3034", "busybox", "RUN zypper install tree=1 && echo @ >> /pkgs"),
    ("DL3038", "busybox", "RUN dnf install tree-1 && microdnf install less-2 && echo @ >> /pkgs"),
    ("DL3047", "busybox", "RUN httpd -p 127.0.0.1:8099 -h /srv && wget -O /got-@ http://127.0.0.1:8099/page"),
    ("ExposeInvalidFormat", "", "EXPOSE 8@:80 127.0.0.1:90:9@"),
    ("ExposeProtoCasing", "", "EXPOSE 53/UDP 5@/Tcp"),
    ("InvalidDefinitionDescription", "", "# how it is called\nARG NAME_@=n\nRUN echo $NAME_@ > /name-@"),
    ("LegacyKeyValueFormat", "", "ENV LEGACY_@ one two"),
    ("LegacyKeyValueFormat", "", "ENV SINGLE_@ one"),
    ("LegacyKeyValueFormat", "", "LABEL example.@ some  text"),
    ("MultipleInstructionsDisallowed", "", 'CMD ["one", "@"]\nCMD ["two", "@"]'),
    ("MultipleInstructionsDisallowed", "", 'ENTRYPOINT ["/one"]\nENTRYPOINT ["/@"]'),
    ("MultipleInstructionsDisallowed", "", "HEALTHCHECK CMD one\nHEALTHCHECK --interval=@s CMD two"),
    ("NoEmptyContinuation", "", "RUN echo a > /empty-@ && \\\n\n    echo b >> /empty-@"),
    ("NoEmptyContinuation", "", 'LABEL a.@="b" \\\n\n\n      c.@="d"'),
]
# What comes before the last stage, with what the last stage takes of it.
STAGES = [
    ("StageNameCasing", "FROM {base} AS Build\nRUN echo @ > /made\n", "COPY --from=Build /made /made-@"),
    ("FromAsCasing", "FROM {base} as other\nRUN echo @ > /made\n", "COPY --from=other /made /made-@"),
    ("StageNameCasing", "FROM {base} AS Parent\nENV FROM_PARENT=@\n", None),
    ("", "", ""),
]
# BuildKit itself refuses what this one finds: it must build afterwards.
REFUSED = ("DL3021", "COPY a.txt b.conf /several-@")
SAFE = {rule for rule, *_ in LINES + STAGES if rule} | {REFUSED[0], "RedundantTargetPlatform"}
EXTRA = ["--no-shellcheck", "--no-fail", "--info", "InvalidDefinitionDescription"]
# What differs between two builds of one Dockerfile: logs, caches with times in them, what the engine mounts.
PASSING = ("var/log/", "var/cache/", "var/lib/apt/", "var/lib/dpkg/", "etc/ld.so.cache", "dev/", "proc/", "sys/",
           "etc/resolv.conf", "etc/hosts", "etc/hostname")


def dockerfile(number):
    """A Dockerfile, and whether BuildKit refuses it before it is fixed."""
    chance = random.Random(number)
    is_debian = number % 6 == 0
    base = "caisson.test/fixes-debian:1" if is_debian else "caisson.test/fixes-busybox:1"
    kind = "debian" if is_debian else "busybox"
    lines = [line for _, needs, line in LINES if needs in ("", kind)]
    # The first comes in turn, so that every one is there; the others are chosen.
    chosen = [lines[number // 2 % len(lines)]] + chance.sample(lines, 4)
    chosen = [line.replace("@", str(10 + place)) for place, line in enumerate(dict.fromkeys(chosen))]
    _, before, after = STAGES[chance.randrange(len(STAGES))]
    is_refused = number % 15 == 7
    if is_refused:
        chosen.append(REFUSED[1].replace("@", "99"))
    name = "parent" if after is None else base
    platform = "--platform=$TARGETPLATFORM " if number % 5 == 1 and after is not None else ""
    if after:
        chosen.append(after.replace("@", "98"))
    text = before.format(base=base).replace("@", "97") if before else ""
    return text + f"FROM {platform}{name}\nUSER 0\nWORKDIR /work\n" + "\n".join(chosen) + "\n", is_refused


class Engine:
    """The engine behind a socket, with docker's own programs."""

    def __init__(self, docker, buildx, socket, work):
        self.docker, self.buildx = docker, buildx
        (work / "docker").mkdir()
        self.environment = {
            **os.environ, "DOCKER_HOST": f"unix://{socket}", "DOCKER_CONFIG": str(work / "docker"),
            "BUILDX_NO_DEFAULT_ATTESTATIONS": "1",
        }

    def run(self, program, *arguments, **options):
        """What a program prints; an error with what it said."""
        result = subprocess.run(
            [program, *arguments], capture_output=True, check=False, timeout=300, env=self.environment, **options
        )
        if result.returncode:
            raise RuntimeError(f"{arguments[0]}: {result.stderr.decode(errors='replace')[-2000:]}")
        return result.stdout

    def load(self, name, archive):
        """Makes an image of an archive of files."""
        self.run(self.docker, "import", "-c", "ENV PATH=/usr/sbin:/usr/bin:/sbin:/bin", "-", name, input=archive)

    def image(self, context, text, name):
        """The configuration and the files of what a Dockerfile builds."""
        (context / "Dockerfile").write_text(text)
        self.run(self.buildx, "build", "--builder", "default", "--no-cache", "--load", "-t", name, str(context))
        with tarfile.open(fileobj=io.BytesIO(self.run(self.docker, "save", name))) as archive:
            manifest = json.load(archive.extractfile("manifest.json"))[0]
            config = json.load(archive.extractfile(manifest["Config"]))
            files = {}
            for layer in manifest["Layers"]:
                with tarfile.open(fileobj=archive.extractfile(layer)) as entries:
                    take(entries, files)
        kept = {key: config.get(key) for key in ("config", "author", "architecture", "os", "variant")}
        return kept, files


def take(entries, files):
    """Lays a layer over files."""
    for entry in entries:
        path = entry.name.strip("/")
        folder, _, name = path.rpartition("/")
        if name.startswith(".wh."):
            gone = f"{folder}/{name[4:]}".strip("/")
            for other in [other for other in files if other == gone or other.startswith(gone + "/")]:
                del files[other]
        elif not (path + "/").startswith(PASSING) and path not in PASSING:
            content = hashlib.sha256(entries.extractfile(entry).read()).hexdigest() if entry.isreg() else ""
            files[path] = (entry.type, entry.mode, entry.uid, entry.gid, entry.linkname, content)


def prepare(engine, busybox, debian, context):
    """The bases and the context."""
    (context / "folder").mkdir(parents=True)
    for name in ("a.txt", "b.conf", "folder/c.txt"):
        (context / name).write_text(name + "\n")
    tools = {
        name: "#!/bin/sh\nfor word; do case $word in -*) ;; *) echo \"$word\" >> /pkgs;; esac; done\n"
        for name in ("yum", "dnf", "microdnf", "zypper")
    }
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        archive.add(busybox, "bin/busybox")
        for applet in ("sh", "echo", "wget", "httpd", "cat"):
            link = tarfile.TarInfo(f"bin/{applet}")
            link.type, link.linkname = tarfile.SYMTYPE, "busybox"
            archive.addfile(link)
        for path, text in [*((f"bin/{name}", text) for name, text in tools.items()), ("srv/page", "a page\n"),
                           ("etc/passwd", "root:x:0:0:root:/:/bin/sh\n"), ("etc/group", "root:x:0:\n")]:
            entry = tarfile.TarInfo(path)
            entry.mode, entry.size = 0o755, len(text)
            archive.addfile(entry, io.BytesIO(text.encode()))
    engine.load("caisson.test/fixes-busybox:1", out.getvalue())
    engine.load("caisson.test/plain-debian:1", pathlib.Path(debian).read_bytes())
    control = "Package: hello\\nVersion: 1\\nArchitecture: all\\nMaintainer: me <me@example.com>\\nDescription: x\\n"
    (context / "Dockerfile").write_text(
        "FROM caisson.test/plain-debian:1\n"
        f"RUN mkdir -p /deb/x/DEBIAN /deb/x/opt && printf '{control}' > /deb/x/DEBIAN/control"
        " && echo hello > /deb/x/opt/hello && dpkg-deb --build /deb/x /deb/hello.deb && rm -r /deb/x\n"
    )
    engine.run(
        engine.buildx, "build", "--builder", "default", "--load", "-t", "caisson.test/fixes-debian:1", str(context)
    )


def lint(caisson, path, *flags):
    """What caisson lint prints."""
    result = subprocess.run([caisson, "lint", *EXTRA, *flags, str(path)], capture_output=True, text=True, check=False)
    if result.returncode:
        raise RuntimeError(result.stderr)
    return result.stdout


def difference(before, after):
    """What is not the same, in a few words."""
    if before[0] != after[0]:
        return f"configuration {before[0]} became {after[0]}"
    names = sorted(name for name in before[1].keys() | after[1].keys() if before[1].get(name) != after[1].get(name))
    return f"other files: {', '.join(names[:5])}" if names else None


def main(caisson, busybox, debian, docker, buildx, socket, count="150"):
    """Builds all, and prints what is wrong and the figures; the status is 1 where there is such a thing."""
    failures, fixes, seen = 0, 0, set()
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        engine, context, path = Engine(docker, buildx, socket, work), work / "context", work / "Fixed.Dockerfile"
        prepare(engine, busybox, debian, context)
        for number in range(int(count)):
            text, is_refused = dockerfile(number)
            path.write_text(text)
            found = {item["rule"] for item in json.loads(lint(caisson, path, "-f", "json"))}
            left = {item["rule"] for item in json.loads(lint(caisson, path, "--fix", "-f", "json"))}
            fixes += len(found - left)
            seen |= found - left
            try:
                after = engine.image(context, path.read_text(), "caisson.test/after:1")
                if is_refused:
                    continue
                problem = difference(engine.image(context, text, "caisson.test/before:1"), after)
            except RuntimeError as error:
                problem = str(error)
            if problem:
                failures += 1
                print(f"number {number}: {problem}\n{text}\nfixed:\n{path.read_text()}")
    for rule in sorted(SAFE - seen):
        failures += 1
        print(f"no Dockerfile was fixed by {rule}")
    print(f"{count} Dockerfiles, {fixes} rules' fixes of {len(seen)} rules: {failures} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
