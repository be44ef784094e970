"""Draws what a terminal shows after a recorded session, as an SVG.

Usage: picture.py --columns N --rows N --title TEXT [--command TEXT] RECORDING >PICTURE

RECORDING is what the program wrote to a terminal of that size, byte for byte; the command is drawn above it, as it was
typed. The same recording gives the same picture, byte for byte. Each piece of text says where it begins and how wide it
is, so that it stands in its cells whichever font the reader has.
"""

import argparse
import html
import pathlib
import sys

from terminal import Terminal

CELL_WIDTH, CELL_HEIGHT, FONT_SIZE = 8.4, 18, 14
PADDING, BAR = 16, 30
FONTS = "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace"
GROUND, EDGE, TEXT, BAR_TEXT = "#0d1117", "#30363d", "#e6edf3", "#8b949e"
# The sixteen colours of terminals, in tones that can be read on the dark ground.
COLOURS = (
    "#6e7681 #ff7b72 #7ee787 #e3b341 #79c0ff #d2a8ff #76e3ea #e6edf3 "
    "#8b949e #ffa198 #aff5b4 #f2cc60 #a5d6ff #e2c5ff #b3f0ff #ffffff"
).split()


def colour(value, default):
    """A terminal's colour as SVG has it."""
    if value is None:
        return default
    if isinstance(value, tuple):
        return "#%02x%02x%02x" % value
    if value < 16:
        return COLOURS[value]
    if value >= 232:
        return "#" + f"{(value - 232) * 10 + 8:02x}" * 3
    levels = (0, 95, 135, 175, 215, 255)
    value -= 16
    return "#%02x%02x%02x" % (levels[value // 36], levels[value // 6 % 6], levels[value % 6])


def number(value):
    """Without digits that say nothing."""
    return f"{value:.1f}".rstrip("0").rstrip(".")


def runs(line):
    """Yields (column, cells, text, style) of each piece of one style without a gap of several spaces."""
    start, pieces = 0, []
    for column in range(len(line) + 1):
        cell = line[column] if column < len(line) else None
        gap = cell and cell.text == " " and column + 1 < len(line) and line[column + 1].text == " "
        wide = cell and column + 1 < len(line) and line[column + 1].text == "" and cell.text != ""
        after_wide = column > 0 and line[column - 1].text == ""
        if pieces and (cell is None or cell.style != pieces[0].style or gap or wide or (after_wide and cell.text)):
            yield start, column - start, "".join(piece.text for piece in pieces), pieces[0].style
            pieces = []
        if cell is not None and not (not pieces and cell.text == " "):
            if not pieces:
                start = column
            pieces.append(cell)


def text_element(column, cells, text, style, baseline):
    """A piece of text in its cells."""
    stripped = text.rstrip(" ")
    cells -= len(text) - len(stripped)
    ink = colour(style.background, GROUND) if style.inverse else colour(style.colour, TEXT)
    attributes = f'x="{number(PADDING + column * CELL_WIDTH)}" y="{baseline}" textLength="{number(cells * CELL_WIDTH)}"'
    if ink != TEXT:
        attributes += f' fill="{ink}"'
    if style.bold:
        attributes += ' font-weight="bold"'
    if style.dim:
        attributes += ' fill-opacity=".65"'
    if style.italic:
        attributes += ' font-style="italic"'
    if style.underlined:
        attributes += ' text-decoration="underline"'
    return f"<text {attributes}>{html.escape(stripped, quote=False)}</text>"


def ground_elements(line, top):
    """The grounds of cells that have one of their own."""
    column = 0
    while column < len(line):
        style, start = line[column].style, column
        while column < len(line) and line[column].style == style:
            column += 1
        fill = colour(style.colour, TEXT) if style.inverse else colour(style.background, None)
        if fill:
            x, width = number(PADDING + start * CELL_WIDTH), number((column - start) * CELL_WIDTH)
            yield f'<rect x="{x}" y="{top}" width="{width}" height="{CELL_HEIGHT}" fill="{fill}"/>'


def shown_lines(terminal):
    """The screen without the empty rows at its end."""
    lines = list(terminal.grid)
    while lines and all(cell.text == " " and cell.style.background is None for cell in lines[-1]):
        lines.pop()
    return lines


def picture(terminal, title):
    """The whole SVG."""
    lines = shown_lines(terminal)
    width = number(terminal.columns * CELL_WIDTH + 2 * PADDING)
    height = BAR + len(lines) * CELL_HEIGHT + PADDING
    words = "\n".join("".join(cell.text for cell in line).rstrip() for line in lines)
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        ' role="img" aria-labelledby="title desc">',
        f'<title id="title">{html.escape(title, quote=False)}</title>',
        f'<desc id="desc">{html.escape(words, quote=False)}</desc>',
        f'<rect x=".5" y=".5" width="{number(float(width) - 1)}" height="{height - 1}" rx="8" fill="{GROUND}"'
        f' stroke="{EDGE}"/>',
    ]
    for place, fill in enumerate(("#ff5f57", "#febc2e", "#28c840")):
        out.append(f'<circle cx="{PADDING + 4 + 18 * place}" cy="{BAR // 2}" r="5" fill="{fill}"/>')
    out.append(
        f'<text x="{number(float(width) / 2)}" y="{BAR // 2 + 4}" font-size="12" text-anchor="middle"'
        f' font-family="system-ui,sans-serif" fill="{BAR_TEXT}">{html.escape(title, quote=False)}</text>'
    )
    out.append(f'<g font-family="{FONTS}" font-size="{FONT_SIZE}" fill="{TEXT}" xml:space="preserve">')
    for row, line in enumerate(lines):
        top = BAR + row * CELL_HEIGHT
        out += ground_elements(line, top)
        out += [text_element(*run, top + 13) for run in runs(line) if run[2].strip(" ")]
    return "\n".join(out + ["</g>", "</svg>"]) + "\n"


def main():
    """Reads the recording and prints its picture."""
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--columns", type=int, required=True)
    parser.add_argument("--rows", type=int, required=True)
    parser.add_argument("--title", required=True)
    parser.add_argument("--command")
    parser.add_argument("recording", type=pathlib.Path)
    arguments = parser.parse_args()
    terminal = Terminal(arguments.columns, arguments.rows)
    if arguments.command:
        terminal.write(f"\x1b[32m$\x1b[0m \x1b[1m{arguments.command}\x1b[0m\r\n")
    terminal.write(arguments.recording.read_bytes().decode(errors="replace"))
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    print(picture(terminal, arguments.title), end="")


if __name__ == "__main__":
    main()
