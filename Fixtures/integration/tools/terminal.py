"""Runs a command in a pseudo-terminal: terminal.py COLUMNS LINES REPORT COMMAND…

What the terminal is sent goes to standard output as it comes. Lines on standard input are acts of the user: `key N` types
the byte N (3 is Ctrl-C), `size COLUMNS LINES` resizes the window. At the end REPORT, a JSON file, tells the command's
status and seconds since the last key, whether the terminal's modes are as before, and what a person sees.
"""
import fcntl
import json
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time


class Screen:
    """As much of a terminal as progress needs: rows are counted from the first line ever printed."""

    def __init__(self, columns, lines):
        self.columns, self.lines = columns, lines
        self.rows, self.row, self.column = [""], 0, 0
        self.cursor, self.wraps, self.updates, self.rest = True, True, False, ""

    def feed(self, text):
        text = self.rest + text
        self.rest = ""
        position = 0
        while position < len(text):
            if text[position] == "\x1b":
                match = re.compile(r"\x1b\[([?0-9;]*)([A-Za-z])").match(text, position)
                if not match:
                    if len(text) - position < 16:
                        self.rest = text[position:]
                        return
                    raise ValueError("unknown sequence %r" % text[position : position + 16])
                self.control(match.group(1), match.group(2))
                position = match.end()
            else:
                self.put(text[position])
                position += 1

    def control(self, argument, final):
        number = int(argument) if argument.isdigit() else 1
        if final == "A":
            self.row = max(self.row - number, len(self.rows) - self.lines, 0)
        elif final == "B":
            self.row = min(self.row + number, len(self.rows) - 1)
        elif final == "J":
            self.rows[self.row] = self.rows[self.row][: self.column]
            del self.rows[self.row + 1 :]
        elif final == "K":
            self.rows[self.row] = "" if argument == "2" else self.rows[self.row][: self.column]
        elif final in "hl" and argument == "?25":
            self.cursor = final == "h"
        elif final in "hl" and argument == "?7":
            self.wraps = final == "h"
        elif final in "hl" and argument == "?2026":
            self.updates = final == "h"
        elif final != "m":
            raise ValueError("unknown sequence CSI %s %s" % (argument, final))

    def put(self, character):
        if character == "\r":
            self.column = 0
        elif character == "\n":
            self.down()
        elif character >= " ":
            if self.column >= self.columns:
                if self.wraps:
                    self.column = 0
                    self.down()
                else:
                    self.column = self.columns - 1
            row = self.rows[self.row].ljust(self.column)
            self.rows[self.row] = row[: self.column] + character + row[self.column + 1 :]
            self.column += 1

    def down(self):
        self.row += 1
        if self.row == len(self.rows):
            self.rows.append("")


def resize(descriptor, columns, lines):
    fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))


def main():
    columns, lines, report = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    master, slave = pty.openpty()
    resize(slave, columns, lines)
    before = termios.tcgetattr(slave)
    attach = lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    child = subprocess.Popen(sys.argv[4:], stdin=slave, stdout=slave, stderr=slave, start_new_session=True, preexec_fn=attach)
    screen, last_key, ended, widest = Screen(columns, lines), None, None, 0
    sources = [master, 0]
    while True:
        ready, _, _ = select.select(sources, [], [], 0.02)
        if master in ready:
            data = os.read(master, 65536)
            os.write(1, data)
            screen.feed(data.decode("utf-8", "replace"))
            widest = max(widest, max(len(row) for row in screen.rows))
        if 0 in ready:
            acts = os.read(0, 4096).decode().splitlines()
            if not acts:
                sources.remove(0)
            for words in map(str.split, acts):
                if words[0] == "key":
                    os.write(master, bytes([int(words[1])]))
                    last_key = time.monotonic()
                elif words[0] == "size":
                    screen.columns, screen.lines = int(words[1]), int(words[2])
                    resize(master, screen.columns, screen.lines)
        # Only a look after the end can say that nothing more was written.
        if ended is not None and not ready:
            break
        if ended is None and child.poll() is not None:
            ended = time.monotonic()
    result = {
        "status": child.returncode,
        "secondsAfterKey": ended - last_key if last_key else 0,
        "hasSameModes": termios.tcgetattr(slave) == before,
        "showsCursor": screen.cursor and screen.wraps and not screen.updates,
        "widestRow": widest,
        "rows": [row.rstrip() for row in screen.rows],
    }
    with open(report + ".new", "w") as file:
        json.dump(result, file)
    os.rename(report + ".new", report)


main()
