# Applies the job's patches to a copy of the tree.
set -eu
: "${CAISSON:=/caisson}" "${TREE:=/tree}"

command -v patch > /dev/null 2>&1 || { echo "error: the image lacks patch"; exit 1; }
# An archive has its tree in a folder.
if [ ! -f "$TREE/Makefile" ]; then
    set -- "$TREE"/*/Makefile
    [ $# -ne 1 ] || [ ! -f "$1" ] || TREE=${1%/Makefile}
fi
while IFS=' ' read -r strip file name; do
    echo "patch $name"
    (cd "$TREE" && patch -p"$strip" -N < "$CAISSON/patches/$file") || { echo "error: the patch $name doesn't apply"; exit 1; }
done < "$CAISSON/patches/list"
