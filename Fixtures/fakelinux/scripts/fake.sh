#!/bin/sh
# Writes what the Makefile's targets leave: small files of the right magic.
set -eu

# A byte by its number.
byte() { printf '%b' "\\0$(printf %03o "$1")"; }

# A number in so many bytes, the least first.
le() {
    value=$1
    count=$2
    while [ "$count" -gt 0 ]; do
        byte $((value % 256))
        value=$((value / 256))
        count=$((count - 1))
    done
}
# A number in four bytes, the greatest first.
be() { byte $(($1 / 16777216 % 256)) && byte $(($1 / 65536 % 256)) && byte $(($1 / 256 % 256)) && byte $(($1 % 256)); }
zeros() { head -c "$1" /dev/zero; }
release() { echo "$RELEASE$(sed -n 's/^CONFIG_LOCALVERSION="\(.*\)"/\1/p' "$O/.config")"; }
banner() {
    echo "$(release) (${KBUILD_BUILD_USER:-user}@${KBUILD_BUILD_HOST:-host}) #1 ${KBUILD_BUILD_TIMESTAMP:-now}${FAKE_DATE:+ $(date +%s%N)}"
}
machine() { case $ARCH in x86_64) echo 62 ;; arm64) echo 183 ;; riscv) echo 243 ;; *) echo 3 ;; esac }

# An ELF file of a type: .text, a section with these bytes and name, that which only modules have, and the names'. What is
# no object file has all of it in one segment.
elf() { # TYPE SECTION FILE-OF-BYTES
    size=$(wc -c < "$3")
    names=$((1 + 6 + ${#2} + 1 + 26 + 10))
    end=$((120 + 16 + size + names))
    table=$(((end + 7) / 8 * 8))
    segments=0
    [ "$1" = 1 ] || segments=1
    printf '\177ELF\002\001\001'
    zeros 9
    le "$1" 2 && le "$(machine)" 2 && le 1 4 && le 0 8 && le $((segments * 64)) 8 && le "$table" 8 && le 0 4
    le 64 2 && le 56 2 && le $segments 2 && le 64 2 && le 5 2 && le 4 2
    le 1 4 && le 5 4 && le 0 8 && le 0 8 && le 0 8 && le $end 8 && le $end 8 && le 4096 8
    zeros 16
    cat "$3"
    printf '\000.text\000%s\000.gnu.linkonce.this_module\000.shstrtab\000' "$2"
    zeros $((table - end))
    zeros 64
    section 1 1 6 120 16
    section 7 1 2 136 "$size"
    section $((8 + ${#2})) 1 3 120 16
    section $((34 + ${#2})) 3 0 $((136 + size)) "$names"
}
section() { # NAME TYPE FLAGS OFFSET SIZE
    le "$1" 4 && le "$2" 4 && le "$3" 8 && le 0 8 && le "$4" 8 && le "$5" 8 && le 0 4 && le 0 4 && le 1 8 && le 0 8
}

# A flattened device tree of one node that names its model.
fdt() {
    model="fake,$1"
    length=$((${#model} + 1))
    padded=$(((length + 3) / 4 * 4))
    structure=$((8 + 12 + padded + 12 + padded + 8))
    strings=17
    be 3490578157 && be $((40 + 16 + structure + strings)) && be 56 && be $((56 + structure)) && be 40
    be 17 && be 16 && be 0 && be $strings && be $structure
    zeros 16
    be 1 && be 0
    be 3 && be $length && be 0 && printf %s "$model" && zeros $((padded - length + 1))
    be 3 && be $length && be 11 && printf %s "$model" && zeros $((padded - length + 1))
    be 2 && be 9
    printf 'compatible\000model\000'
}

modules() {
    if grep -q '^CONFIG_MODULES=y' "$O/.config"; then
        sed -n 's/^CONFIG_CRC\([0-9]*\)=m$/crc\1/p' "$O/.config"
    fi
}

case $1 in
knobs)
    i=0
    while [ $i -lt "${FAKE_LINES:-0}" ] && [ "$2" = image ]; do echo "  CC      drivers/file$i.o"; i=$((i + 1)); done
    if [ "${FAKE_WARNING:-}" = 1 ] && [ "$2" = image ]; then echo "lib/mm.c:1:5: warning: unused variable 'x' [-Wunused-variable]"; fi
    if [ -n "${FAKE_SLEEP:-}" ] && [ "$2" = image ]; then sleep "$FAKE_SLEEP"; fi
    if [ "${FAKE_ERROR:-}" = "$2" ]; then
        echo "lib/$2.c:7:9: error: 'answer' undeclared (first use in this function)" >&2
        echo "make[1]: *** [scripts/Makefile.build:250: lib/$2.o] Error 1" >&2
        exit 2
    fi
    ;;
base)
    mkdir -p "$O"
    if [ "${FAKE_INTERACTIVE:-}" = 1 ]; then
        printf 'Answer (ANSWER) [N/y/?] (NEW) '
        read -r answer || { echo && echo "Console input/output is redirected. Run 'make oldconfig' to update configuration." && exit 1; }
        : "$answer"
    fi
    case $2 in
    *_defconfig) cat "$SRC/arch/$SRCARCH/configs/$2" > "$O/.config" ;;
    defconfig) printf 'CONFIG_64BIT=y\nCONFIG_MODULES=y\nCONFIG_CRC4=m\nCONFIG_CRC7=m\n' > "$O/.config" ;;
    *) printf 'CONFIG_64BIT=y\n# CONFIG_MODULES is not set\n' > "$O/.config" ;;
    esac
    ;;
settle)
    # Only what Kconfig knows stays, modules only where there may be any, and what depends only where that is set.
    sed -n 's/^config //p' "$SRC/Kconfig" > "$O/.known"
    sed -n 's/^\(# \)\{0,1\}CONFIG_\([A-Z0-9_]*\).*/\2/p' "$O/.config" | sort -u | while read -r symbol; do
        grep -qx "$symbol" "$O/.known" || continue
        line=$(grep "^CONFIG_$symbol=\|^# CONFIG_$symbol is" "$O/.config" | tail -n 1)
        needed=$(sed -n "/^config $symbol\$/,/^config /s/^	depends on //p" "$SRC/Kconfig")
        if [ -n "$needed" ] && ! grep -q "^CONFIG_$needed=[ym]" "$O/.config"; then continue; fi
        if ! grep -q '^CONFIG_MODULES=y' "$O/.config"; then line=$(echo "$line" | sed 's/=m$/=y/'); fi
        echo "$line"
    done > "$O/.config.new"
    mv "$O/.config.new" "$O/.config"
    rm "$O/.known"
    ;;
vmlinux)
    { printf 'Linux version ' && banner; } > "$O/.banner"
    elf 2 .rodata "$O/.banner" > "$O/vmlinux"
    printf 'ffffffff81000000 T _text\nffffffff82000000 B _end\n' > "$O/System.map"
    ;;
bzimage)
    {
        zeros 510 && printf '\125\252'
        printf '\353\146HdrS' && le 527 2 && zeros 6 && le 512 2 && zeros 38 && le 1 2 && zeros 456
        banner
        zeros 4096
    } > "$2"
    ;;
image) { le 0 8 && le 0 8 && le 8192 8 && le 10 8 && zeros 24 && printf 'ARM\144' && le 0 4 && printf 'Linux version ' && banner && zeros 4096; } > "$2" ;;
modules)
    : > "$O/modules.order"
    for name in $(modules); do
        echo "  LD [M]  lib/$name.ko"
        mkdir -p "$O/lib"
        printf 'license=GPL\000name=%s\000depends=\000vermagic=%s SMP mod_unload \000' "$name" "$(release)" > "$O/.modinfo"
        elf 1 .modinfo "$O/.modinfo" > "$O/lib/$name.ko"
        echo "kernel/lib/$name.ko" >> "$O/modules.order"
    done
    ;;
modules_install)
    to=$2/lib/modules/$(release)
    mkdir -p "$to/kernel/lib"
    for name in $(modules); do cp "$O/lib/$name.ko" "$to/kernel/lib/"; done
    cp "$O/modules.order" "$to/"
    : > "$to/modules.builtin"
    ln -sf "$O" "$to/build"
    ;;
dtbs) for tree in "$SRC/arch/$SRCARCH/boot/dts"/vendor/*.dts; do sh "$0" dtb "vendor/$(basename "$tree" .dts).dtb"; done ;;
dtb)
    to=$O/arch/$SRCARCH/boot/dts/$2
    mkdir -p "${to%/*}"
    echo "  DTC     arch/$SRCARCH/boot/dts/$2"
    fdt "$(basename "$2" .dtb)" > "$to"
    ;;
deb)
    (
        cd "$(mktemp -d)"
        printf 'Package: linux-image-%s\nVersion: 1\nArchitecture: amd64\nMaintainer: Fake <fake@example.com>\nDescription: fake\n' "$(release)" > control
        echo 2.0 > debian-binary
        tar -cf - control | gzip -n > control.tar.gz
        tar -cf - -T /dev/null | gzip -n > data.tar.gz
        printf '!<arch>\n'
        for member in debian-binary control.tar.gz data.tar.gz; do
            size=$(wc -c < "$member")
            printf '%-16s%-12s%-6s%-6s%-8s%-10s`\n' "$member" 0 0 0 100644 "$size"
            cat "$member"
            [ $((size % 2)) -eq 0 ] || echo
        done
    ) > "$2"
    ;;
esac
