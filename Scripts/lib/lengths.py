"""Reports files and functions of the Swift sources that are too long, parameter lists that are, and what is nested deep.

Usage: lengths.py FOLDER...    Exits with 1 where something is over a limit.
"""

import collections
import pathlib
import re
import statistics
import sys

FILE_LINES = 300
FUNCTION_LINES = 40
PARAMETERS = 5
NESTING = 3  # braces within a function's body: control flow and closures
NESTED_FUNCTIONS = 15  # so many may be nested deeper
MEDIAN_FILE_LINES = 90
MODULE_FILES = 70
LARGE_MODULES = {"DockerfileLint"}  # a rule a file

FUNCTION = re.compile(r"^(\s*)(?:(?:@\w+(?:\([^)]*\))?|[a-z]+(?:\([a-z]+\))?)\s+)*(func\s+\S+|init[?<(]|deinit\b|subscript\b)")


def blanked(text):
    """The text with comments and the insides of string literals replaced by blanks, line by line the same."""
    pattern = re.compile(r'//[^\n]*|/\*.*?\*/|"""(?:\\.|.)*?"""|"(?:\\.|[^"\\\n])*"', re.S)
    return pattern.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)


def closing(text, start, pair):
    """The offset of the bracket that closes the first one after start, or None."""
    depth = 0
    for offset in range(start, len(text)):
        if text[offset] == pair[0]:
            depth += 1
        elif text[offset] == pair[1]:
            depth -= 1
            if depth == 0:
                return offset
    return None


def parameters(text, start, end):
    """How many parameters stand between two parentheses."""
    depth, commas, seen = 0, 0, False
    for character in text[start + 1 : end]:
        depth += character in "([{<"
        depth -= character in ")]}"
        commas += character == "," and depth == 0
        seen = seen or not character.isspace()
        if character == ">":
            depth = max(depth - 1, 0)
    return commas + 1 if seen else 0


def nesting(text, start, end):
    """How deep braces are nested between those of a function's body."""
    depth = deepest = 0
    for character in text[start + 1 : end]:
        depth += (character == "{") - (character == "}")
        deepest = max(deepest, depth)
    return deepest


def functions(text):
    """Yields (line, name, lines, parameters, nesting) of each function with a body."""
    offset = 0
    for number, line in enumerate(text.split("\n"), 1):
        match = FUNCTION.match(line)
        if match:
            opening = text.find("(", offset + match.start(2))
            close = closing(text, opening, "()") if opening >= 0 else None
            brace = re.compile(r"[^{}\n]*(?:\n[^{}\n]*){0,6}?\{").match(text, close) if close else None
            if close and brace:
                end = closing(text, brace.end() - 1, "{}") or brace.end()
                lines = text.count("\n", offset, end) + 1
                depth = nesting(text, brace.end() - 1, end)
                yield number, match.group(2).strip("(<?"), lines, parameters(text, opening, close), depth
        offset += len(line) + 1


class Findings:
    """What is over a limit, and what is counted over all files."""

    def __init__(self):
        self.texts = []
        self.nested = []
        self.lines = []
        self.files_of_modules = collections.Counter()

    def read(self, folder, path):
        """Looks at one file."""
        text = path.read_text()
        count = text.count("\n")
        self.lines.append(count)
        parts = path.relative_to(folder).parts
        if len(parts) > 2:  # Sources/<Storey>/<Module>/…
            self.files_of_modules[parts[1]] += 1
        if count > FILE_LINES:
            self.texts.append(f"{path}: {count} lines (at most {FILE_LINES})")
        for number, name, lines, parameter_count, depth in functions(blanked(text)):
            place = f"{path}:{number}: {name}:"
            if lines > FUNCTION_LINES:
                self.texts.append(f"{place} {lines} lines (at most {FUNCTION_LINES})")
            if parameter_count > PARAMETERS and not name.startswith("init"):
                self.texts.append(f"{place} {parameter_count} parameters (at most {PARAMETERS})")
            if depth > NESTING:
                self.nested.append((depth, f"{place} nested {depth} deep"))

    def summarize(self):
        """Prints the numbers, and adds those that are over a limit."""
        median = statistics.median(self.lines or [0])
        largest = max(
            ((count, name) for name, count in self.files_of_modules.items() if name not in LARGE_MODULES),
            default=(0, "none"),
        )
        print(
            f"{len(self.lines)} files, half of them of at most {median:g} lines (limit {MEDIAN_FILE_LINES});"
            f" most files in {largest[1]}: {largest[0]} (limit {MODULE_FILES});"
            f" functions nested deeper than {NESTING}: {len(self.nested)} (limit {NESTED_FUNCTIONS})"
        )
        if len(self.nested) > NESTED_FUNCTIONS:
            self.texts += [text for _, text in sorted(self.nested, reverse=True)]
            self.texts.append(f"{len(self.nested)} functions are nested deeper than {NESTING} (at most {NESTED_FUNCTIONS})")
        if median > MEDIAN_FILE_LINES:
            self.texts.append(f"half of the files have more than {median:g} lines (at most {MEDIAN_FILE_LINES})")
        for name, count in sorted(self.files_of_modules.items()):
            if count > MODULE_FILES and name not in LARGE_MODULES:
                self.texts.append(f"{name}: {count} files (at most {MODULE_FILES})")


def main(folders):
    """Prints all findings and returns the exit status."""
    findings = Findings()
    for folder in folders:
        for path in sorted(pathlib.Path(folder).rglob("*.swift")):
            if "Generated" not in path.parts:
                findings.read(folder, path)
    findings.summarize()
    print(*findings.texts, sep="\n", end="\n" if findings.texts else "")
    return 1 if findings.texts else 0


sys.exit(main(sys.argv[1:]))
