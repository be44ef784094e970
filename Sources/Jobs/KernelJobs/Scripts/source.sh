# Finds the tree, and whether it can be built from.
set -eu
. "${CAISSON:-/caisson}/common.sh"

if [ -s "$JOB/facts/source-tree" ] && ! cmp -s "$JOB/facts/source-tree" "$SRC/.caisson-tree"; then
    fail "another run of this job has changed the tree since it was fetched: try again, or give the jobs names of their own"
fi
if [ ! -f "$SRC/Makefile" ]; then
    # An archive has its tree in a folder.
    set -- "$SRC"/*/Makefile
    if [ $# -ne 1 ] || [ ! -f "$1" ]; then fail "there is no kernel tree: no Makefile in the source, nor in one folder of it"; fi
    SRC=${1%/Makefile}
    fact tree "$SRC"
fi
grep -q '^VERSION *=' "$SRC/Makefile" || fail "the source is no kernel tree: its Makefile has no VERSION"
if [ -f "$SRC/.config" ] || [ -d "$SRC/include/config" ]; then
    fail "the tree isn't clean, as somebody has built in it: run make mrproper there, or leave .config and include/config out by .dockerignore"
fi
mkdir -p "$O"
fact kernelversion "$(make -s -C "$SRC" O="$O" ARCH="$KERNEL_ARCH" kernelversion)"
[ -n "$KERNEL_TIME" ] || [ ! -s "$JOB/facts/source-date" ] || KERNEL_TIME=$(cat "$JOB/facts/source-date")
[ -n "$KERNEL_TIME" ] || KERNEL_TIME=$(stat -c %Y "$SRC/Makefile")
fact source-date "$KERNEL_TIME"
echo "Linux $(cat "$JOB/facts/kernelversion")"
