"""Reports files and functions of the Swift sources that are too long, and parameter lists that are.

Usage: lengths.py FOLDER...    Exits with 1 where something is over a limit.
"""

import pathlib
import re
import sys

FILE_LINES = 300
FUNCTION_LINES = 40
PARAMETERS = 5

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


def functions(text):
    """Yields (line, name, lines, parameters) of each function with a body."""
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
                yield number, match.group(2).strip("(<?"), lines, parameters(text, opening, close)
        offset += len(line) + 1


def findings(path):
    """Yields what is too long in one file."""
    text = path.read_text()
    count = text.count("\n")
    if count > FILE_LINES:
        yield f"{path}: {count} lines (at most {FILE_LINES})"
    for number, name, lines, parameter_count in functions(blanked(text)):
        if lines > FUNCTION_LINES:
            yield f"{path}:{number}: {name}: {lines} lines (at most {FUNCTION_LINES})"
        if parameter_count > PARAMETERS and not name.startswith("init"):
            yield f"{path}:{number}: {name}: {parameter_count} parameters (at most {PARAMETERS})"


def main(folders):
    """Prints all findings and returns the exit status."""
    found = [
        finding
        for folder in folders
        for path in sorted(pathlib.Path(folder).rglob("*.swift"))
        if "Generated" not in path.parts
        for finding in findings(path)
    ]
    print(*found, sep="\n", end="\n" if found else "")
    return 1 if found else 0


sys.exit(main(sys.argv[1:]))
