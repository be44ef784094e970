"""Prints what a folder, or a tar (a file, or `-` for standard input), holds: one sorted line per entry.

`NAME KIND MODE DETAIL`, where NAME is percent-encoded bytes, KIND one of file dir link, and DETAIL the text of a small
file (percent-encoded), the size and digest of a larger one, or a symlink's target. A file with several names is followed
by all of them, so that it doesn't matter which of them a tar calls the link.
"""
import hashlib
import os
import stat
import sys
import tarfile
from urllib.parse import quote_from_bytes as quote


def detail(content):
    if len(content) <= 64:
        return quote(content)
    return "%d:%s" % (len(content), hashlib.sha256(content).hexdigest())


def show(entries, groups):
    """entries: name -> (kind, mode, detail, key of the file); groups: key -> names."""
    for name in sorted(entries):
        kind, mode, text, key = entries[name]
        names = sorted(groups.get(key, [])) if kind == "file" else []
        more = " = " + ",".join(quote(n) for n in names) if len(names) > 1 else ""
        print("%s %s %o %s%s" % (quote(name), kind, mode, text, more))


def read_folder(top):
    entries, groups = {}, {}
    for folder, folders, files in os.walk(os.fsencode(top)):
        for base in folders + files:
            path = os.path.join(folder, base)
            name = os.path.relpath(path, os.fsencode(top))
            status = os.lstat(path)
            mode = stat.S_IMODE(status.st_mode)
            if stat.S_ISLNK(status.st_mode):
                entries[name] = ("link", 0o777, quote(os.readlink(path)), None)
            elif stat.S_ISDIR(status.st_mode):
                entries[name] = ("dir", mode, "", None)
            else:
                with open(path, "rb") as file:
                    entries[name] = ("file", mode, detail(file.read()), status.st_ino)
                groups.setdefault(status.st_ino, []).append(name)
    return entries, groups


def read_tar(path):
    entries, groups = {}, {}
    archive = tarfile.open(path) if path != "-" else tarfile.open(fileobj=sys.stdin.buffer, mode="r|*")
    for member in archive:
        name = os.path.normpath(os.fsencode(member.name))
        if name == b".":
            continue
        if name in entries:
            sys.exit("%r is there twice" % name)
        if member.issym():
            entries[name] = ("link", 0o777, quote(os.fsencode(member.linkname)), None)
        elif member.isdir():
            entries[name] = ("dir", member.mode & 0o7777, "", None)
        elif member.islnk():
            target = os.path.normpath(os.fsencode(member.linkname))
            key = entries[target][3]
            entries[name] = entries[target]
            groups[key].append(name)
        elif member.isfile():
            entries[name] = ("file", member.mode & 0o7777, detail(archive.extractfile(member).read()), name)
            groups[name] = [name]
        else:
            sys.exit("%r is of type %r" % (name, member.type))
    return entries, groups


show(*(read_folder(sys.argv[1]) if os.path.isdir(sys.argv[1]) else read_tar(sys.argv[1])))
