# Builds the device trees: all of the architecture, or those that the job names.
set -eu
. "${CAISSON:-/caisson}/common.sh"

if [ ! -d "$SRC/arch/$KERNEL_SRCARCH/boot/dts" ] || ! grep -q '^dtbs_install:' "$SRC/Makefile"; then
    skip "the architecture $KERNEL_SRCARCH has no device trees"
fi
rm -rf "$O/dtbsinstall"
mkdir -p "$O/dtbsinstall/dtbs"
if [ -s "$CAISSON/dtbs" ]; then
    while IFS= read -r tree; do
        kernel_make "$tree"
        mkdir -p "$O/dtbsinstall/dtbs/$(dirname "$tree")"
        cp "$O/arch/$KERNEL_SRCARCH/boot/dts/$tree" "$O/dtbsinstall/dtbs/$tree"
    done < "$CAISSON/dtbs"
else
    kernel_make dtbs
    kernel_make INSTALL_DTBS_PATH="$O/dtbsinstall/dtbs" dtbs_install
fi
