"""A small terminal: which character, colours and style each cell holds after the bytes that a program wrote.

It knows what progress displays use: moving the cursor, erasing, inserting and deleting lines, colours, synchronized
updates, and characters that take two cells or none. What it doesn't know it leaves out, as terminals do.
"""

import re
import typing
import unicodedata

ESCAPE = re.compile(
    r"\x1b(?:\[(?P<parameters>[0-?]*)[ -/]*(?P<final>[@-~])"  # CSI
    r"|\][^\x07\x1b]*(?:\x07|\x1b\\)"  # OSC: titles and links
    r"|[PX^_].*?\x1b\\"  # other strings
    r"|[ -/]*(?P<plain>[0-~]))",
    re.S,
)


class Style(typing.NamedTuple):
    """How a cell is drawn; a colour is None (the default), 0 to 255, or (red, green, blue)."""

    colour: object = None
    background: object = None
    bold: bool = False
    dim: bool = False
    italic: bool = False
    underlined: bool = False
    inverse: bool = False


class Cell(typing.NamedTuple):
    """A character with the marks that join it; the second cell of a wide one is empty text."""

    text: str = " "
    style: Style = Style()


FLAGS = {1: "bold", 2: "dim", 3: "italic", 4: "underlined", 7: "inverse"}
FLAG_ENDS = {22: ("bold", "dim"), 23: ("italic",), 24: ("underlined",), 27: ("inverse",)}


def cells_of(character):
    """How many cells a character takes: 0 where it joins the one before."""
    if unicodedata.category(character) in ("Mn", "Me", "Cf") or "\u1160" <= character <= "\u11ff":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def extended_colour(rest):
    """The colour of `38;5;N` or `38;2;R;G;B`, whose words after 38 are taken from rest."""
    kind = rest.pop(0) if rest else 0
    if kind == 5 and rest:
        return min(rest.pop(0), 255)
    if kind == 2 and len(rest) >= 3:
        return tuple(min(rest.pop(0), 255) for _ in range(3))
    return None


def styled(style, numbers):
    """The style after an SGR sequence."""
    rest = list(numbers) or [0]
    while rest:
        code = rest.pop(0)
        if code == 0:
            style = Style()
        elif code in FLAGS:
            style = style._replace(**{FLAGS[code]: True})
        elif code in FLAG_ENDS:
            style = style._replace(**{name: False for name in FLAG_ENDS[code]})
        elif code in (38, 48):
            style = style._replace(**{"colour" if code == 38 else "background": extended_colour(rest)})
        elif 30 <= code <= 39 or 90 <= code <= 97:
            style = style._replace(colour=None if code == 39 else code - 30 if code < 90 else code - 82)
        elif 40 <= code <= 49 or 100 <= code <= 107:
            style = style._replace(background=None if code == 49 else code - 40 if code < 100 else code - 92)
    return style


class Terminal:
    """A screen of columns and rows; `grid` is what it shows."""

    def __init__(self, columns, rows):
        self.columns, self.rows = columns, rows
        self.grid = [self.blank() for _ in range(rows)]
        self.row = self.column = 0
        self.style = Style()
        self.saved = (0, 0)
        self.wraps = True

    def blank(self):
        return [Cell()] * self.columns

    def write(self, text):
        """Takes what a program wrote."""
        place = 0
        while place < len(text):
            match = ESCAPE.match(text, place)
            if match:
                self.escape(match)
                place = match.end()
            else:
                self.character(text[place])
                place += 1

    def character(self, character):
        if character == "\r":
            self.column = 0
        elif character == "\n":
            self.line_feed()
        elif character == "\b":
            self.column = max(0, self.column - 1)
        elif character == "\t":
            self.column = min(self.columns - 1, self.column // 8 * 8 + 8)
        elif character >= " " and character != "\x7f":
            self.put(character)

    def line_feed(self):
        self.row += 1
        if self.row == self.rows:
            self.row -= 1
            self.grid = self.grid[1:] + [self.blank()]

    def put(self, character):
        width = cells_of(character)
        if width == 0:
            self.join(character)
            return
        if self.column + width > self.columns:
            if not self.wraps:
                return
            self.column = 0
            self.line_feed()
        line = self.grid[self.row]
        line[self.column] = Cell(character, self.style)
        if width == 2:
            line[self.column + 1] = Cell("", self.style)
        self.column += width

    def join(self, mark):
        """Adds a mark to the character before the cursor."""
        line = self.grid[self.row]
        place = self.column - 1
        while place > 0 and line[place].text == "":
            place -= 1
        if place >= 0:
            line[place] = line[place]._replace(text=line[place].text + mark)

    def escape(self, match):
        final, parameters = match.group("final"), match.group("parameters") or ""
        if match.group("plain") in ("7", "8"):
            self.save(match.group("plain") == "7")
        elif final in ("h", "l"):
            if parameters == "?7":
                self.wraps = final == "h"
        elif final and not parameters.startswith(("?", ">", "<", "=")):
            numbers = [int(word or 0) for word in re.split("[;:]", parameters)] if parameters else []
            self.control(final, numbers)

    def save(self, saves):
        if saves:
            self.saved = (self.row, self.column)
        else:
            self.row, self.column = self.saved

    def control(self, final, numbers):
        """Does what a CSI sequence says."""
        count = max(1, numbers[0]) if numbers else 1
        if final == "m":
            self.style = styled(self.style, numbers)
        elif final in "su":
            self.save(final == "s")
        elif final in "JK":
            self.erase(final, numbers[0] if numbers else 0)
        elif final in "LMPX@":
            self.edit(final, count)
        else:
            self.move(final, count, numbers)

    def move(self, final, count, numbers):
        if final in "AF":
            self.row = max(0, self.row - count)
        elif final in "BE":
            self.row = min(self.rows - 1, self.row + count)
        elif final == "C":
            self.column = min(self.columns - 1, self.column + count)
        elif final == "D":
            self.column = max(0, self.column - count)
        elif final == "d":
            self.row = min(self.rows, count) - 1
        elif final in "Hf":
            self.row = min(self.rows, count) - 1
            self.column = 0
            if len(numbers) > 1:
                self.column = min(self.columns, max(1, numbers[1])) - 1
        if final in "EF":
            self.column = 0
        elif final == "G":
            self.column = min(self.columns, count) - 1

    def erase(self, final, part):
        """Part 0 is what follows the cursor, 1 what is before it, 2 everything."""
        column = min(self.column, self.columns - 1)
        start = 0 if part else column
        end = column + 1 if part == 1 else self.columns
        self.grid[self.row][start:end] = [Cell()] * (end - start)
        if final == "K":
            return
        for row in range(self.rows):
            if (part != 1 and row > self.row) or (part != 0 and row < self.row):
                self.grid[row] = self.blank()

    def edit(self, final, count):
        """Inserts and deletes lines and characters at the cursor."""
        line, place = self.grid[self.row], self.column
        if final == "L":
            fresh = [self.blank() for _ in range(count)]
            self.grid = (self.grid[: self.row] + fresh + self.grid[self.row :])[: self.rows]
        elif final == "M":
            del self.grid[self.row : self.row + count]
            self.grid += [self.blank() for _ in range(self.rows - len(self.grid))]
        elif final == "P":
            self.grid[self.row] = (line[:place] + line[place + count :] + self.blank())[: self.columns]
        elif final == "@":
            self.grid[self.row] = (line[:place] + [Cell()] * count + line[place:])[: self.columns]
        else:
            line[place : place + count] = [Cell()] * len(line[place : place + count])
