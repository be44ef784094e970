#!/bin/sh
# Writes a Swift file that holds the current commit of a package, with `-dirty` behind it where what the program is built of
# differs from that commit, or nil where the package is no git clone. A file that says so already is left alone.
# Usage: record-commit.sh PACKAGE FILE
set -eu
package=$1 file=$2 value=nil
export GIT_OPTIONAL_LOCKS=0
# A package within somebody else's repository must not get that one's commit.
if [ -e "$package/.git" ] && commit=$(git -C "$package" rev-parse --short=10 HEAD 2>/dev/null); then
    [ -z "$(git -C "$package" status --porcelain -- Package.swift Plugins Sources)" ] || commit=$commit-dirty
    value="\"$commit\""
fi
text="/// The commit that this program is built from.
enum RecordedCommit { static let name: String? = $value }"
[ "$(cat "$file" 2>/dev/null)" = "$text" ] || printf '%s\n' "$text" >"$file"
