"""The harness of Scripts/bench: runs clients one after the other, interleaved, and prints medians.

Peak memory is that of the largest process of the client. A forked child starts with the harness's own size, so what
/bin/true shows is the least that can be seen.
"""

import argparse
import os
import pathlib
import random
import shutil
import statistics
import subprocess
import sys
import time

TEN_STEPS = """FROM scratch
COPY busybox /bin/busybox
RUN ["/bin/busybox", "--install", "-s", "/bin"]
ENV STEP=three
WORKDIR /work
COPY one two ./
RUN cat one >three
RUN cat two >>three
RUN mkdir -p deep/er && cp three deep/er/four
RUN ls -lR >listing
RUN date >built
"""


class Measurement:
    """One run of a program: seconds of wall and CPU time, and mebibytes."""

    def __init__(self, command, log, output=None):
        started = time.monotonic()
        child = os.fork()
        if child == 0:
            errors = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
            os.dup2(errors if output is None else output, 1)
            os.dup2(errors, 2)
            try:
                os.execv(command[0], command)
            except OSError:
                os._exit(127)
        _, status, usage = os.wait4(child, 0)
        self.wall = time.monotonic() - started
        self.cpu = usage.ru_utime + usage.ru_stime
        self.memory = usage.ru_maxrss / 1024
        if status != 0:
            tail = pathlib.Path(log).read_text(errors="replace")[-3000:]
            sys.exit(f"{' '.join(command)}: status {os.waitstatus_to_exitcode(status)}\n{tail}")


def into_pipe(command, log):
    """One run of a program that writes into a pipe, the reader of which isn't measured."""
    reader = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    measurement = Measurement(command, log, reader.stdin.fileno())
    reader.stdin.close()
    reader.wait()
    return measurement


def ratio(name, measurements, base):
    """The medians of wall and CPU time as parts of another program's."""
    wall, cpu = (
        statistics.median(part(m) for m in measurements) / statistics.median(part(m) for m in base)
        for part in (lambda m: m.wall, lambda m: m.cpu)
    )
    print(f"{name}: {wall:.2f} of the wall time, {cpu:.2f} of the CPU time", flush=True)


def row(name, measurements):
    """One line of the table: medians, and the spread of the wall time."""
    walls = sorted(m.wall * 1000 for m in measurements)
    cpu = statistics.median(m.cpu * 1000 for m in measurements)
    memory = statistics.median(m.memory for m in measurements)
    middle = statistics.median(walls)
    print(f"| {name:<34} | {middle:9.1f} | {walls[0]:9.1f} | {walls[-1]:9.1f} | {cpu:9.1f} | {memory:9.1f} |", flush=True)


def head(title):
    """The head of a table."""
    print(f"\n{title}\n")
    names = ("wall ms", "least", "most", "CPU ms", "peak MiB")
    print(f"| {'':<34} | " + " | ".join(f"{name:>9}" for name in names) + " |")
    print(f"|{'-' * 36}|" + "|".join(["----------:"] * 5) + "|", flush=True)


class Bench:
    """The clients, and a folder to work in."""

    def __init__(self, options):
        self.options = options
        self.work = pathlib.Path(options.work)
        self.log = str(self.work / "log")

    def clients(self, context, dockerfile=None):
        """Each client's command for building one context."""
        common = ["--progress", "plain", "-f", str(dockerfile or context / "Dockerfile"), str(context)]
        return {
            "caisson build": [self.options.caisson, "build", "-t", "bench:caisson", *common],
            "docker build": [self.options.docker, "build", "-t", "bench:docker", *common],
            "docker-buildx build": [self.options.buildx, "build", "-t", "bench:buildx", *common],
        }

    def run(self, command):
        """Runs one command."""
        return Measurement(command, self.log)

    def prune(self):
        """Lets the engine forget everything, so that no run measures a store that grows until the machine swaps."""
        with open(self.log, "ab") as log:
            for words in (["image", "prune", "--all", "--force"], ["builder", "prune", "--all", "--force"]):
                subprocess.run([self.options.docker, *words], stdout=log, stderr=log, check=False)

    def cached_steps(self):
        """The ten steps with everything cached, and the start of the program itself."""
        context = self.work / "ten"
        context.mkdir()
        shutil.copy(self.options.busybox, context / "busybox")
        (context / "one").write_text("one\n")
        (context / "two").write_text("two\n")
        (context / "Dockerfile").write_text(TEN_STEPS)
        commands = self.clients(context)
        commands["caisson version"] = [self.options.caisson, "version"]
        commands["/bin/true"] = ["/bin/true"]
        results = {name: [] for name in commands}
        for command in commands.values():
            self.run(command)
        for _ in range(self.options.runs):
            for name, command in commands.items():
                results[name].append(self.run(command))
        head(f"A cached build of ten steps, {self.options.title}, medians of {self.options.runs}")
        for name, measurements in results.items():
            row(name, measurements)

    def side_by_side(self, title, commands, measure):
        """Programs that do the same, turn by turn; the first is compared with each of the others."""
        results = {name: [] for name in commands}
        for turn in range(self.options.runs + 1):
            for name, command in commands.items():
                measurement = measure(command)
                # The first turn is to warm up.
                if turn > 0:
                    results[name].append(measurement)
        head(f"{title}, medians of {self.options.runs}")
        for name, measurements in results.items():
            row(name, measurements)
        first, *others = results
        print()
        for other in others:
            ratio(f"{first} to {other}", results[first], results[other])

    def exports(self):
        """Exports and walks beside tar, bsdtar and find, without an engine."""
        caisson = self.options.caisson
        for title, fill in (
            ("Export of 100,000 files of 1 to 8 KB", fill_small),
            ("Export of 20 files of 50 MB", fill_middle),
        ):
            context = self.work / "export"
            context.mkdir()
            fill(context)
            commands = {
                "caisson context export": [caisson, "context", "export", str(context)],
                "GNU tar": ["/usr/bin/tar", "-C", str(context), "-cf", "-", "."],
                "bsdtar": ["/usr/bin/bsdtar", "-C", str(context), "-cf", "-", "."],
            }
            commands = {name: command for name, command in commands.items() if os.path.exists(command[0])}
            self.side_by_side(title, commands, lambda command: into_pipe(command, self.log))
            if fill is fill_small:
                self.walks(context)
            shutil.rmtree(context)

    def walks(self, context):
        """The walk alone, and the same with fifty patterns that leave nothing out."""
        null = os.open("/dev/null", os.O_WRONLY)
        patterns = self.work / "patterns.Dockerfile"
        patterns.write_text("")
        (self.work / "patterns.Dockerfile.dockerignore").write_text("\n".join(FIFTY_PATTERNS) + "\n")
        command = [self.options.caisson, "context", "ls", str(context)]
        commands = {
            "caisson context ls": command,
            "find -printf": ["/usr/bin/find", str(context), "-mindepth", "1", "-printf", "%y %s %P\n"],
            "caisson context ls, 50 patterns": [*command, "-f", str(patterns)],
        }
        self.side_by_side("Walk of the same", commands, lambda words: Measurement(words, self.log, null))
        os.close(null)

    def context(self, title, fill, touch):
        """First build, unchanged and one file touched, of one context with each client."""
        context = self.work / "context"
        context.mkdir()
        fill(context)
        head(f"{title}, {self.options.title}")
        for number, name in enumerate(self.clients(context)):
            # A folder of its own in the image: otherwise the next client would find the layer of the one before.
            dockerfile = self.work / f"Dockerfile.{number}"
            dockerfile.write_text(f"FROM scratch\nWORKDIR /client{number}\nCOPY . .\n")
            command = self.clients(context, dockerfile)[name]
            first = []
            for _ in range(FIRST_RUNS):
                self.prune()
                first.append(self.run(command))
            row(f"{name}: first", first)
            row(f"{name}: unchanged", [self.run(command) for _ in range(5)])
            touched = []
            for turn in range(3):
                touch(context, number * 10 + turn)
                touched.append(self.run(command))
            row(f"{name}: one file touched", touched)
            self.prune()
        shutil.rmtree(context)


# How often the first build of a context is measured; the engine forgets everything before each.
FIRST_RUNS = 3

# What a repository of several languages ignores.
FIFTY_PATTERNS = """
**/*.log **/*.tmp *.swp **/node_modules .git **/__pycache__ **/*.py[co] build/** dist **/.DS_Store docs/**/*.md
!docs/**/README.md **/target/** !**/target/keep **/*.o **/*.a **/*.so **/*.dylib **/.venv **/.tox **/.mypy_cache
**/.pytest_cache coverage **/*.cover **/test-*.xml !**/test-keep.xml **/.idea **/.vscode *.iml **/out **/bin !bin/run
**/*.class **/*.jar !lib/**/*.jar **/*.bak **/*~ **/tmp/** !**/tmp/.keep secrets/* !secrets/public* **/.env*
!**/.env.example vendor/**/testdata **/*_test.go **/.terraform **/Thumbs.db logs **/*.pid **/cache/**
""".split()


def fill_small(context):
    """100,000 files of 1 to 8 KB in 1,000 folders, the same in every run."""
    generator = random.Random(7)
    content = generator.randbytes(8192)
    for folder in range(1000):
        parent = context / f"dir{folder // 32:03}" / f"sub{folder % 32:02}"
        parent.mkdir(parents=True)
        for number in range(100):
            (parent / f"file{number:03}.txt").write_bytes(content[: generator.randint(1024, 8192)])


def fill_middle(context):
    """20 files of 50 MB."""
    for number in range(20):
        (context / f"file{number:02}").write_bytes(os.urandom(50_000_000))


def fill_large(context):
    """20 files of 100 MiB, each of its own bytes."""
    for number in range(20):
        block = os.urandom(1 << 20)
        with open(context / f"file{number:02}", "wb") as file:
            for _ in range(100):
                file.write(block)


def touch_large(context, turn):
    """Changes the first bytes of one of the large files."""
    with open(context / f"file{turn % 20:02}", "r+b") as file:
        file.write(f"touched {turn}".encode())


def fill_many(context):
    """100,000 files of about 100 bytes in 200 folders."""
    for folder in range(200):
        parent = context / f"folder{folder:03}"
        parent.mkdir()
        for number in range(500):
            (parent / f"file{number:03}.txt").write_text(f"{folder} {number} " * 10)


def touch_many(context, turn):
    """Changes one of the small files."""
    (context / f"folder{turn % 200:03}" / "file007.txt").write_text(f"touched {turn}")


def main():
    """Reads the arguments and runs what they ask for."""
    parser = argparse.ArgumentParser()
    for name in ("work", "caisson"):
        parser.add_argument("--" + name, required=True)
    for name in ("docker", "buildx", "busybox", "title"):
        parser.add_argument("--" + name)
    parser.add_argument("--runs", type=int, required=True)
    for name in ("large", "many", "no-cached", "export"):
        parser.add_argument("--" + name, action="store_true")
    options = parser.parse_args()
    bench = Bench(options)
    if options.export:
        return bench.exports()
    if not options.no_cached:
        bench.cached_steps()
    if options.many:
        bench.context("100,000 small files", fill_many, touch_many)
    if options.large:
        bench.context("2 GiB in 20 files", fill_large, touch_large)


if __name__ == "__main__":
    main()
