# Makes the configuration: a base, then fragments, then single symbols.
set -eu
. "${CAISSON:-/caisson}/common.sh"

case $KERNEL_CONFIG in
file:*) cp "${KERNEL_CONFIG#file:}" "$O/.config" ;;
*) kernel_make "$KERNEL_CONFIG" || fail "make $KERNEL_CONFIG failed" ;;
esac
: > "$O/.caisson-fragments"
while IFS= read -r fragment; do
    case $fragment in
    tree:*) kernel_make "${fragment#tree:}" || fail "make ${fragment#tree:} failed" ;;
    file:*)
        # As TuxMake and Yocto merge them; -m leaves it to olddefconfig what depends on what.
        sh "$SRC/scripts/kconfig/merge_config.sh" -m -O "$O" "$O/.config" "${fragment#file:}" ||
            fail "the fragment ${fragment#file:} can't be merged"
        ;;
    esac
done < "$CAISSON/fragments"
kernel_make olddefconfig || fail "make olddefconfig failed: without anybody to ask, kconfig takes the base alone"
cp "$O/.config" "$JOB/config"
# Not told to be silent, make says last that it leaves its folder.
fact kernelrelease "$(kernel_make --silent kernelrelease | tail -n 1)"
echo "Linux $(cat "$JOB/facts/kernelrelease")"
