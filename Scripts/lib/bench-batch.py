"""Measures caisson batch beside docker-buildx bake for Scripts/bench --batch, turn by turn on one engine."""

import argparse
import os
import pathlib
import shutil

from bench import Bench

# 1,000 targets: ten services on a hundred releases, each with what it inherits, functions, and a variable.
THOUSAND = """
variable "REGISTRY" { default = "registry.example/team" }

function "image" {
  params = [service, release]
  result = ["${REGISTRY}/${service}:${replace(release, "_", ".")}", "${REGISTRY}/${service}:latest-${upper(release)}"]
}

function "hash" {
  params = [service, release]
  result = substr(sha256(join("-", [service, release])), 0, 12)
}

group "default" { targets = ["service"] }

target "common" {
  dockerfile = "Dockerfile"
  platforms  = ["linux/amd64", "linux/arm64"]
  args       = { BASE = "debian:12", PROXY = null }
  labels     = { "org.opencontainers.image.vendor" = "Team" }
  cache-from = ["type=registry,ref=${REGISTRY}/cache"]
}

target "checked" {
  inherits = ["common"]
  attest   = ["type=provenance,mode=max"]
}

target "service" {
  name     = "${service}-${release}"
  matrix   = { service = [SERVICES], release = [RELEASES] }
  inherits = ["checked"]
  context  = "services/${service}"
  tags     = image(service, release)
  args     = { RELEASE = release, KEY = hash(service, release), EXTRA = service == "service0" ? "first" : "more" }
  labels   = { "org.opencontainers.image.title" = format("%s of %s", title(service), release) }
}
"""

# Ten targets that are linked, of three steps each.
TEN = """
group "default" { targets = ["app"] }
target "base" { dockerfile = "base.Dockerfile" }
target "app" {
  name     = "app-${number}"
  matrix   = { number = ["1", "2", "3", "4", "5", "6", "7", "8", "9"] }
  contexts = { base = "target:base" }
  args     = { NUMBER = number }
  tags     = ["bench/CLIENT-${number}"]
}
"""
BASE = 'FROM scratch\nCOPY busybox /bin/busybox\nRUN ["/bin/busybox", "--install", "-s", "/bin"]\n'
APP = "FROM base\nARG NUMBER\nWORKDIR /work\nCOPY words ./\nRUN echo $NUMBER >>words\n"


def quoted(names):
    """Names as elements of a list."""
    return ", ".join(f'"{name}"' for name in names)


def main():
    """Two tables."""
    parser = argparse.ArgumentParser()
    for name in ("work", "caisson", "buildx", "busybox", "title"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--runs", type=int, required=True)
    options = parser.parse_args()
    bench, work = Bench(options), pathlib.Path(options.work) / "batch"
    work.mkdir()
    os.chdir(work)
    thousand = THOUSAND.replace("SERVICES", quoted(f"service{number}" for number in range(10)))
    thousand = thousand.replace("RELEASES", quoted(f"v{number // 10}_{number % 10}" for number in range(100)))
    (work / "thousand.hcl").write_text(thousand)
    commands = {
        "caisson batch --print": [options.caisson, "batch", "-f", "thousand.hcl", "--print"],
        "docker-buildx bake --print": [options.buildx, "bake", "-f", "thousand.hcl", "--print"],
    }
    bench.side_by_side("The plan of 1,000 targets", commands, bench.run)
    shutil.copy(options.busybox, work / "busybox")
    for name, text in {"base.Dockerfile": BASE, "Dockerfile": APP, "words": "words\n"}.items():
        (work / name).write_text(text)
    for client in ("caisson", "buildx"):
        (work / f"{client}.hcl").write_text(TEN.replace("CLIENT", client))
    commands = {
        "caisson batch": [options.caisson, "batch", "--progress", "plain", "-f", "caisson.hcl"],
        "docker-buildx bake": [options.buildx, "bake", "--progress", "plain", "-f", "buildx.hcl"],
    }
    bench.side_by_side(f"A cached batch of ten targets, {options.title}", commands, bench.run)


main()
