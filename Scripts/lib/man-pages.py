#!/usr/bin/env python3
"""Writes manual pages of what a program declares of itself.

Usage: caisson --experimental-dump-help | man-pages.py --version VERSION --date YYYY-MM-DD FOLDER

One page for the program and one for each of its commands that help shows: caisson.1, caisson-build.1,
caisson-builder-create.1. Nothing of this machine and no present time is in them, and only ASCII: any roff reads them.
"""

import argparse
import json
import pathlib
import re
import sys

ESCAPES = {"\\": "\\e", "-": "\\-", "'": "\\(aq", '"': "\\(dq", "^": "\\(ha", "~": "\\(ti", "`": "\\(ga"}
# A longer word without a place to break leaves a narrow terminal with ragged lines.
LONG_WORD = 20
EXAMPLE_WIDTH = 60
# What the paragraphs of a declared discussion begin with that are sections of a page.
SECTIONS = {"EXAMPLES": "Examples:", "ENVIRONMENT": "Environment:", "EXIT STATUS": "Exit status:"}


def escape(text):
    """Text as roff prints it, with places to break in long words; never taken for a request."""
    words = []
    for word in re.split(r"(\s+)", text):
        escaped = ""
        for index, char in enumerate(word):
            plain = ESCAPES.get(char) or (char if char.isascii() else f"\\[u{ord(char):04X}]")
            escaped += plain
            following = word[index + 1 : index + 2]
            if len(word) > LONG_WORD and (following == "[" or (char in "|,=/]:" and following.isalnum())):
                escaped += "\\:"
        words.append(escaped)
    line = "".join(words)
    return "\\&" + line if line.startswith((".", "'")) else line


def bold(text):
    return f"\\fB{escape(text)}\\fR"


def italic(text):
    return f"\\fI{escape(text)}\\fR"


def shown(items):
    return [item for item in items if item.get("shouldDisplay", True)]


def discussion_of(command):
    """The paragraphs of what is declared, and those of each section without its first word."""
    about, sections = [], {}
    for part in re.split(r"\n\s*\n", command.get("discussion", "").strip()):
        title = next((title for title, start in SECTIONS.items() if part.startswith(start)), None)
        if title:
            sections[title] = part.removeprefix(SECTIONS[title])
        elif part:
            about.append(part)
    return about, sections


def broken(line):
    """A command line in lines of a page's width, which a shell reads as one: they break before options."""
    lines = [""]
    for word in re.split(r" (?=-)", line):
        if lines[-1] and len(lines[-1]) + len(word) > EXAMPLE_WIDTH:
            lines[-1] += " \\"
            lines.append("    " + word)
        else:
            lines[-1] += (" " if lines[-1] else "") + word
    return lines


def example_lines(text):
    """Each example as its purpose and, indented, the line to type."""
    lines = [".SH EXAMPLES"] if text else []
    for line in text.splitlines():
        if line.startswith("    "):
            typed = [escape(part) for part in broken(line.strip())]
            lines += [".RS 4", ".nf", *typed, ".fi", ".RE"]
        elif line.strip():
            lines += [".PP", escape(line.strip())]
    return lines


def environment_lines(text):
    """Each variable and what it does."""
    lines = [".SH ENVIRONMENT"] if text else []
    for line in filter(None, map(str.strip, text.splitlines())):
        name, _, meaning = line.partition(": ")
        lines += [".TP", bold(name), escape(meaning)]
    return lines


def arguments_of(command):
    """What help shows: the program's own --version is declared for each command, and only the program takes it."""
    arguments = shown(command.get("arguments", []))
    return [one for one in arguments if one["valueName"] != "version" or not command.get("superCommands")]


def flag(name):
    return ("-" if name["kind"] == "short" else "--") + name["name"]


def heading_of(argument):
    """How an argument is written in the list of options."""
    if argument["kind"] == "positional":
        return italic(argument["valueName"])
    names = sorted(argument["names"], key=lambda name: name["kind"] != "short")
    names = ", ".join(bold(flag(name)) for name in names)
    return names if argument["kind"] == "flag" else f"{names} {italic(argument['valueName'])}"


def meaning_of(argument):
    """What an argument means, with its values and what it is where it isn't given, as help says them."""
    additions = []
    if "allValues" in argument:
        additions.append("values: " + ", ".join(argument["allValues"]))
    if "defaultValue" in argument:
        additions.append("default: " + argument["defaultValue"])
    text = argument.get("abstract", "")
    return f"{text} ({'; '.join(additions)})" if additions else text


def synopsis(words, command):
    parts = [bold(" ".join(words))]
    arguments = arguments_of(command)
    if shown(command.get("subcommands", [])):
        return " ".join([*parts, italic("command"), "[" + italic("arguments") + "]"])
    if any(argument["kind"] != "positional" for argument in arguments):
        parts.append("[" + italic("options") + "]")
    for argument in arguments:
        if argument["kind"] == "positional":
            part = italic(argument["valueName"]) + (" .\\|.\\|." if argument["isRepeating"] else "")
            parts.append(f"[{part}]" if argument["isOptional"] else part)
    return " ".join(parts)


def option_lines(command):
    """The options under the titles that help gives them, in its order."""
    sections = {}
    for argument in arguments_of(command):
        default = "Arguments" if argument["kind"] == "positional" else "General"
        sections.setdefault(argument.get("sectionTitle", default), []).append(argument)
    lines = [".SH OPTIONS"] if sections else []
    for title, arguments in sections.items():
        if len(sections) > 1:
            lines.append(f'.SS "{escape(title)}"')
        for argument in arguments:
            lines += [".TP", heading_of(argument), escape(" ".join(meaning_of(argument).split()))]
    return lines


def command_lines(words, commands):
    lines = [".SH COMMANDS"] if commands else []
    for command in commands:
        lines += [".TP", bold(" ".join([*words, command["commandName"]])), escape(command.get("abstract", ""))]
    return lines


def reference(words):
    return f"{bold('-'.join(words))}(1)"


def page(words, command, inherited_status, options):
    """A page's text. A command that doesn't say what its exit status means ends as the program does."""
    commands = shown(command.get("subcommands", []))
    about, sections = discussion_of(command)
    status = sections.get("EXIT STATUS", "").strip() or inherited_status
    name = "-".join(words)
    summary = command.get("abstract", "").strip().rstrip(".")
    lines = [
        f'.TH "{escape(name.upper())}" 1 "{options.date}" "{escape("caisson " + options.version)}" "User Commands"',
        # Neither hyphens nor wide gaps: what is copied from the page is what was meant.
        ".nh",
        ".ad l",
        ".SH NAME",
        f"{escape(name)} \\- {escape(summary)}",
        ".SH SYNOPSIS",
        synopsis(words, command),
        ".SH DESCRIPTION",
        escape(command.get("abstract", "")),
        *(line for part in about for line in (".PP", escape(" ".join(part.split())))),
        *command_lines(words, commands),
        *option_lines(command),
        *example_lines(sections.get("EXAMPLES", "")),
        *environment_lines(sections.get("ENVIRONMENT", "")),
        *([".SH EXIT STATUS", escape(" ".join(status.split()))] if status else []),
    ]
    related = ([words[:-1]] if len(words) > 1 else []) + [[*words, child["commandName"]] for child in commands]
    if related:
        lines += [".SH SEE ALSO", ",\n".join(reference(other) for other in related)]
    return "\n".join(lines) + "\n"


def write_pages(words, command, inherited_status, options):
    words = [*words, command["commandName"]]
    status = discussion_of(command)[1].get("EXIT STATUS", "").strip() or inherited_status
    path = options.folder / ("-".join(words) + ".1")
    path.write_text(page(words, command, inherited_status, options), encoding="ascii")
    for child in shown(command.get("subcommands", [])):
        write_pages(words, child, status, options)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--version", required=True)
    parser.add_argument("--date", required=True)
    parser.add_argument("folder", type=pathlib.Path)
    options = parser.parse_args()
    declared = json.load(sys.stdin)
    if declared.get("serializationVersion") != 0:
        sys.exit(f"man-pages.py: can't read version {declared.get('serializationVersion')} of the declarations; only 0")
    options.folder.mkdir(parents=True, exist_ok=True)
    write_pages([], declared["command"], "", options)


if __name__ == "__main__":
    main()
