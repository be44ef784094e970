"""Prints the tests that took longest, from the events of test runs.

Usage: slowest-tests.py N NAME.WIDTH.events...    WIDTH is how many tests ran at a time.

A report's time of a test is of little use here, as it begins when the test is put in line: with two at a time the last one
seems to take as long as all of them. A case of a test with arguments tells when it begins; for the other tests that is
worked out: a place in the line gets free when a test ends, and who came first takes it.
"""

import bisect
import json
import pathlib
import sys


class Run:
    """What the events of one run say."""

    def __init__(self, path):
        self.width = int(path.suffixes[-2].lstrip("."))
        self.names = {}  # of the tests, by their ids
        self.with_arguments = set()
        self.started, self.ended = {}, {}
        self.case_starts, self.case_ends = [], []
        for line in path.read_text(errors="replace").splitlines():
            try:
                record = json.loads(line)
            except ValueError:  # the run was broken off
                continue
            self.read(record["kind"], record["payload"])

    def read(self, kind, payload):
        identifier = payload.get("id") or payload.get("testID")
        if kind == "test" and payload["kind"] == "function":
            self.names[identifier] = payload.get("displayName") or payload["name"]
            if payload["isParameterized"]:
                self.with_arguments.add(identifier)
        elif kind == "event" and identifier in self.names:
            instant = payload["instant"]["absolute"]
            match payload["kind"]:
                case "testStarted":
                    self.started[identifier] = instant
                case "testEnded":
                    self.ended[identifier] = instant
                case "testCaseStarted":
                    self.case_starts.append((instant, identifier))
                case "testCaseEnded":
                    self.case_ends.append((instant, identifier))

    def seconds(self):
        """How long each test ran, by its name."""
        found = self.of_cases()
        plain = [identifier for identifier in self.started if identifier not in self.with_arguments]
        plain = [identifier for identifier in plain if identifier in self.ended]
        for place, identifier in zip(self.places(plain), plain):
            found[identifier] = self.ended[identifier] - max(place, self.started[identifier])
        return [(time, f"{key.split('/')[0]}/{self.names[key]}") for key, time in found.items()]

    def places(self, plain):
        """When the places were free that the tests without arguments took, in their order."""
        first = min(self.started.values(), default=0)
        ends = [instant for instant, _ in self.case_ends] + [self.ended[identifier] for identifier in plain]
        free = [first] * self.width + sorted(ends)
        for instant, _ in sorted(self.case_starts, reverse=True):
            index = bisect.bisect_right(free, instant) - 1
            if index >= 0:
                free.pop(index)
        return free

    def of_cases(self):
        """How long at least one case of each test with arguments was running."""
        found, running, since = {}, {}, {}
        events = [(*start, 1) for start in self.case_starts] + [(*end, -1) for end in self.case_ends]
        for instant, identifier, step in sorted(events):
            if running.get(identifier, 0) > 0:
                found[identifier] = found.get(identifier, 0) + instant - since[identifier]
            running[identifier] = running.get(identifier, 0) + step
            since[identifier] = instant
        return found


def main(number, paths):
    times = [entry for path in paths for entry in Run(pathlib.Path(path)).seconds()]
    for time, name in sorted(times, reverse=True)[: int(number)]:
        print(f"{time:8.1f} s  {name}")


main(sys.argv[1], sys.argv[2:])
