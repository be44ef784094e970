#!/usr/bin/env python3
"""Gathers the licences of Caisson and of all that is linked into its program.

Usage: licences.py --scratch .build --runtime FILE --yaml FILE --own LICENSE FOLDER

Writes into FOLDER a file for each text, and `copyright`, which has each different text once with what it holds for.
What SwiftPM resolved is listed in the scratch folder; a package without a licence is an error.
"""

import argparse
import json
import pathlib
import sys

# Sources of a checkout that its plugins alone are built from: nothing of them is in the program.
NOT_LINKED = ("swift-protobuf/Sources/protobuf/",)
NAMES = ("LICENSE", "LICENCE", "NOTICE", "COPYING")


def fail(message):
    sys.exit(f"licences.py: {message}")


def texts_of(checkout):
    """A checkout's licences and notices, also of what it has taken over into its sources."""
    found = [path for path in sorted(checkout.rglob("*")) if path.is_file() and path.stem.upper() in NAMES]
    kept = []
    for path in found:
        inside = path.relative_to(checkout)
        if inside.parts[0] in ("Tests", "Examples", "Documentation", ".git") or path.suffix not in ("", ".txt", ".md"):
            continue
        if not f"{checkout.name}/{inside}".startswith(NOT_LINKED):
            kept.append(path)
    return kept


def packages(scratch):
    """The name, version, and texts of each package that SwiftPM resolved."""
    try:
        state = json.loads((scratch / "workspace-state.json").read_text())["object"]["dependencies"]
    except (OSError, ValueError, KeyError) as error:
        fail(f"can't read what SwiftPM resolved in {scratch} ({error}); run: swift package resolve")
    for dependency in sorted(state, key=lambda one: one["packageRef"]["identity"]):
        name = dependency["packageRef"]["identity"]
        checkout = scratch / "checkouts" / dependency["subpath"]
        texts = texts_of(checkout)
        if not any(path.parent == checkout and not path.stem.upper().startswith("NOTICE") for path in texts):
            fail(f"{name} is linked into the program and has no licence in {checkout}")
        version = (dependency["state"].get("checkoutState") or {}).get("version") or "unreleased"
        for path in texts:
            yield name, version, path.relative_to(checkout), path.read_text(encoding="utf-8")


def all_texts(options):
    """Of each text: the file's name in the folder, what it holds for, and the text."""
    given = [
        ("caisson.LICENSE.txt", "Caisson", options.own),
        ("swift.LICENSE.txt", "Swift's standard library, Foundation and Dispatch", options.runtime),
        ("libyaml.copyright.txt", "libyaml", options.yaml),
    ]
    for name, subject, path in given:
        if not path.is_file():
            fail(f"the licence of {subject} isn't at {path}")
        yield name, subject, path.read_text(encoding="utf-8")
    for package, version, path, text in packages(options.scratch):
        place = "" if len(path.parts) == 1 else f", {path.parent}"
        label = "-".join(path.parts).removesuffix(path.suffix)
        yield f"{package}.{label}.txt", f"{package} {version}{place}", text


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("--scratch", "--runtime", "--yaml", "--own"):
        parser.add_argument(name, required=True, type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    subjects = {}
    for name, subject, text in all_texts(options):
        (options.folder / name).write_text(text, encoding="utf-8")
        subjects.setdefault(text, []).append(subject)
    parts = ["The program caisson, and what is linked into it, with the licence of each."]
    for text, holds_for in subjects.items():
        parts.append("=" * 78 + "\n" + "\n".join(holds_for) + "\n" + "=" * 78 + "\n\n" + text.strip("\n"))
    (options.folder / "copyright").write_text("\n\n".join(parts) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
