#!/bin/sh
# Merges fragments into a configuration: what comes later wins, and a value that is replaced is told.
#   merge_config.sh [-m] [-r] [-O DIRECTORY] BASE FRAGMENT...
set -eu
out=.
while getopts mrO: option; do
    case $option in
    O) out=$OPTARG ;;
    m | r) ;;
    *) exit 1 ;;
    esac
done
shift $((OPTIND - 1))
merged=$(mktemp)
cat "$1" > "$merged"
shift
for fragment; do
    echo "Merging $fragment"
    sed -n 's/^\(# \)\{0,1\}\(CONFIG_[A-Z0-9_]*\)[= ].*/\2/p' "$fragment" | while read -r symbol; do
        if grep -q "^$symbol=\|^# $symbol is" "$merged"; then
            echo "Value of $symbol is redefined by fragment $fragment"
            grep -v "^$symbol=\|^# $symbol is" "$merged" > "$merged.new" || true
            mv "$merged.new" "$merged"
        fi
    done
    cat "$fragment" >> "$merged"
done
cat "$merged" > "$out/.config"
rm "$merged"
