# Takes what the steps have given out of the build.
set -eu
. "${CAISSON:-/caisson}/common.sh"

# Packs a folder in the order of names, with no trace of who packed it and when.
pack() {
    [ -d "$O/$1/$2" ] || return 0
    chmod -R u=rwX,go=rX "$O/$1/$2"
    if tar --version 2> /dev/null | grep -q 'GNU tar'; then
        tar --sort=name --owner=root:0 --group=root:0 --mtime="@$SOURCE_DATE_EPOCH" --clamp-mtime -C "$O/$1" -cf - "$2" |
            $KERNEL_COMPRESS > "$RESULTS/$3"
    else
        # What busybox has no flags for is done to the files themselves.
        (
            cd "$O/$1"
            find "$2" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
            find "$2" | LC_ALL=C sort > "$JOB/facts/packed"
            tar --no-recursion -T "$JOB/facts/packed" -cf -
        ) | $KERNEL_COMPRESS > "$RESULTS/$3"
        rm -f "$JOB/facts/packed"
    fi
}

# Takes a file, if it is there.
take() { if [ -f "$1" ]; then cp "$1" "$RESULTS/$2"; fi; }

[ -d "$O" ] || exit 0
fact disk-space "$(du -sm "$O" 2> /dev/null | cut -f 1)"
take "$O/.config" config
take "$O/arch/$KERNEL_SRCARCH/boot/$KERNEL_IMAGE" "$KERNEL_IMAGE"
take "$O/vmlinux" vmlinux
take "$O/System.map" System.map
extension=$KERNEL_EXTENSION
# busybox has an xz that can't compress.
if ! echo | $KERNEL_COMPRESS > /dev/null 2>&1; then
    KERNEL_COMPRESS="cat"
    extension=
fi
if [ -d "$O/modinstall/lib" ]; then
    # Links into the build lead nowhere outside of it.
    rm -f "$O"/modinstall/lib/modules/*/build "$O"/modinstall/lib/modules/*/source
    pack modinstall lib "modules.tar$extension"
    mkdir -p "$RESULTS/modules"
    cp -R "$O/modinstall/lib/modules/." "$RESULTS/modules/"
fi
if [ -d "$O/dtbsinstall/dtbs" ]; then
    pack dtbsinstall dtbs "dtbs.tar$extension"
    cp -R "$O/dtbsinstall/dtbs" "$RESULTS/"
fi
[ ! -d "$O/headersinstall" ] || pack headersinstall include "headers.tar$extension"
for package in "$BUILD"/*.deb "$BUILD"/*.changes "$BUILD"/*.buildinfo; do
    [ ! -f "$package" ] || mv "$package" "$RESULTS/"
done
# Patterns of the job: the finer ones are looked at once more where the files arrive.
while IFS=' ' read -r kind pattern; do
    case $kind in
    name) find "$O" -name "$pattern" -type f ;;
    path) find "$O" -path "$O/$pattern" -type f ;;
    esac
done < "$CAISSON/patterns" | sort -u | while IFS= read -r file; do
    name=${file#"$O"/}
    case $name in modinstall/* | dtbsinstall/* | headersinstall/* | .caisson-*) continue ;; esac
    case $name in */*) mkdir -p "$RESULTS/${name%/*}" ;; esac
    cp "$file" "$RESULTS/$name"
done
if [ -f "$O/.config" ]; then
    mkdir -p "$RESULTS/fragments"
    number=0
    while IFS= read -r fragment; do
        case $fragment in file:*) cp "${fragment#file:}" "$RESULTS/fragments/$number.config" ;; esac
        number=$((number + 1))
    done < "$CAISSON/fragments"
    rmdir "$RESULTS/fragments" 2> /dev/null || true
fi
if [ "$KERNEL_WRAPPER" = ccache ]; then
    ccache --print-stats > "$JOB/facts/ccache" 2> /dev/null || true
    ccache --show-stats || true
fi
