# Boots the kernel that was collected in an emulated machine, and finds out whether it comes up with all its modules.
#
# The machine gets an initramfs with one program (init.c) and the modules. What it says on its console is kept whole in
# the log serial.log.
set -eu
. "${CAISSON:-/caisson}/common.sh"

: "${KERNEL_BOOT_MARKER:=CAISSON-BOOT-OK}" "${KERNEL_BOOT_TIMEOUT:=60}" "${KERNEL_BOOT_MEMORY:=256}"
config=$RESULTS/config
serial=$JOB/logs/serial.log
# More than this on the console is a kernel that says the same over and over; in units of 512 bytes.
serial_blocks=131072

# Whether the final configuration has a symbol; without a configuration nothing is known to be missing.
has() { [ ! -f "$config" ] || grep -q "^$1=y\$" "$config"; }

# What an architecture is booted by: QEMU's program, its machine and processor, the console and its driver.
machine() {
    qemu=$1 board=$2 processor=$3 console=$4 driver=$5
}
case $KERNEL_ARCH in
x86_64 | x86) machine qemu-system-x86_64 pc qemu64 ttyS0 CONFIG_SERIAL_8250_CONSOLE ;;
i386) machine qemu-system-i386 pc qemu32 ttyS0 CONFIG_SERIAL_8250_CONSOLE ;;
arm64) machine qemu-system-aarch64 virt cortex-a57 ttyAMA0 CONFIG_SERIAL_AMBA_PL011_CONSOLE ;;
arm) machine qemu-system-arm virt cortex-a15 ttyAMA0 CONFIG_SERIAL_AMBA_PL011_CONSOLE ;;
riscv) machine qemu-system-riscv64 virt rv64 ttyS0 CONFIG_SERIAL_8250_CONSOLE ;;
powerpc) machine qemu-system-ppc64 pseries power9 hvc0 CONFIG_HVC_CONSOLE ;;
s390) machine qemu-system-s390x s390-ccw-virtio max ttysclp0 CONFIG_SCLP_CONSOLE ;;
*) machine "qemu-system-$KERNEL_ARCH" "" "" "" "" ;;
esac
[ "$KERNEL_ARCH" != powerpc ] || has CONFIG_PPC64 || machine qemu-system-ppc "" "" "" ""
[ "$KERNEL_ARCH" != riscv ] || has CONFIG_64BIT ||
    machine qemu-system-riscv32 virt rv32 ttyS0 CONFIG_SERIAL_8250_CONSOLE
# Another machine has another console, which only who names it knows.
[ -z "$KERNEL_BOOT_MACHINE" ] || driver=
case " $KERNEL_BOOT_APPEND" in *" console="*) console='' driver='' ;; esac
board=${KERNEL_BOOT_MACHINE:-$board}
processor=${KERNEL_BOOT_CPU:-$processor}

# Symbols without which a kernel can't say that it is up.
lacking=
for symbol in CONFIG_PRINTK CONFIG_TTY $driver CONFIG_BLK_DEV_INITRD CONFIG_BINFMT_ELF; do
    has "$symbol" || lacking="${lacking:+$lacking, }$symbol"
done

# Ends the step, and says what of the configuration is to blame.
give_up() {
    [ -z "$lacking" ] || fail "$1; the configuration lacks $lacking"
    fail "$1"
}

command -v "$qemu" > /dev/null 2>&1 || fail "the image lacks $qemu"
[ -n "$board" ] || fail "no machine is known for the architecture $KERNEL_ARCH: name one, such as virt"
[ -f "$RESULTS/$KERNEL_IMAGE" ] || fail "there is no $KERNEL_IMAGE to boot"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root
mkdir -p "$root/modules" "$root/caisson"

# Writes a file as it was before it was packed.
unpacked() {
    case $1 in
    *.gz) gzip -dc "$1" ;;
    *.xz) xz -dc "$1" ;;
    *.zst) zstd -q -dc "$1" ;;
    *.bz2) bzip2 -dc "$1" ;;
    *.lz4) lz4 -q -dc "$1" ;;
    *) cat "$1" ;;
    esac
}

# The compiler's arguments for the kind of processor that the kernel is for.
kind_flags() {
    case $KERNEL_ARCH in
    x86_64) echo "-m64 -fno-pic -no-pie" ;;
    i386) echo "-m32 -fno-pic -no-pie" ;;
    x86) if has CONFIG_64BIT; then echo "-m64 -fno-pic -no-pie"; else echo "-m32 -fno-pic -no-pie"; fi ;;
    arm) echo "-marm -march=armv5te -mfloat-abi=soft" ;;
    riscv) if has CONFIG_64BIT; then echo "-march=rv64ima -mabi=lp64"; else echo "-march=rv32ima -mabi=ilp32"; fi ;;
    powerpc)
        if has CONFIG_PPC64; then echo "-m64"; else echo "-m32"; fi
        if has CONFIG_CPU_LITTLE_ENDIAN; then echo "-mlittle-endian"; else echo "-mbig-endian"; fi
        ;;
    esac
    if [ "$KERNEL_COMPILER" = clang ]; then
        echo "--target=$(target_machine) -Wno-unused-command-line-argument"
        ! command -v ld.lld > /dev/null 2>&1 || echo "-fuse-ld=lld"
    fi
}

# The name of the architecture as clang has it.
target_machine() {
    case $KERNEL_ARCH in
    x86) echo x86_64-linux-gnu ;;
    arm64) echo aarch64-linux-gnu ;;
    arm) echo arm-linux-gnueabi ;;
    riscv) if has CONFIG_64BIT; then echo riscv64-linux-gnu; else echo riscv32-linux-gnu; fi ;;
    powerpc) if has CONFIG_CPU_LITTLE_ENDIAN; then echo powerpc64le-linux-gnu; else echo powerpc64-linux-gnu; fi ;;
    s390) echo s390x-linux-gnu ;;
    *) echo "$KERNEL_ARCH-linux-gnu" ;;
    esac
}

# Compiles /init: alone, or where init.c doesn't know the architecture with the compiler's libc.
make_init() {
    # Compilers and flags are several words.
    # shellcheck disable=SC2046,SC2086
    set -- ${KERNEL_CC:-${KERNEL_CROSS}gcc} $(kind_flags) -O1 -static -o "$root/init" "$CAISSON/init.c"
    "$@" -nostdlib -ffreestanding -fno-stack-protector -fno-asynchronous-unwind-tables \
        > "$work/alone" 2>&1 && return
    "$@" -DCAISSON_LIBC > "$work/libc" 2>&1 && return
    cat "$work/alone" "$work/libc"
    fail "the compiler can't make the program of the initramfs"
}

# Collects the modules, whose names are those of their files.
make_modules() {
    [ -d "$RESULTS/modules" ] || return 0
    find "$RESULTS/modules" -type f -name '*.ko*' | LC_ALL=C sort > "$work/modules"
    while IFS= read -r file; do
        name=${file##*/}
        case $name in *.ko | *.ko.gz | *.ko.xz | *.ko.zst) name=${name%.ko*} ;; *) continue ;; esac
        unpacked "$file" > "$root/modules/$name.ko" || fail "the module $name can't be unpacked" >&2
        printf '%s\n' "$name"
    done < "$work/modules" > "$root/caisson/modules"
}

# Packs the folder: by cpio, or by the program that the kernel's own build has for it.
make_archive() {
    if command -v cpio > /dev/null 2>&1; then
        find "$root" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
        (cd "$root" && find . | LC_ALL=C sort | cpio -o -H newc -R 0:0 2> "$work/cpio") > "$work/initramfs" && return
        cat "$work/cpio"
        fail "cpio can't pack the initramfs"
    fi
    packer=$O/usr/gen_init_cpio
    if [ ! -x "$packer" ]; then
        packer=$work/gen_init_cpio
        # shellcheck disable=SC2086
        ${KERNEL_HOSTCC:-cc} -o "$packer" "$SRC/usr/gen_init_cpio.c" 2> /dev/null ||
            fail "the image lacks cpio, and the tree no usr/gen_init_cpio.c that compiles"
    fi
    (cd "$root" && find . -mindepth 1 | LC_ALL=C sort) | while IFS= read -r file; do
        file=${file#.}
        if [ -d "$root$file" ]; then echo "dir $file 0755 0 0"; else echo "file $file $root$file 0755 0 0"; fi
    done > "$work/list"
    "$packer" "$work/list" > "$work/initramfs" || fail "gen_init_cpio can't pack the initramfs"
}

# Passes on what the machine says, and ends it some seconds after its verdict, should it not do so itself.
watch() {
    return=$(printf '\r')
    while IFS= read -r line; do
        printf '%s\n' "$line"
        case ${line%"$return"} in
        "$KERNEL_BOOT_MARKER" | "CAISSON-BOOT-FAILED modules")
            milliseconds > "$work/verdict"
            { sleep 5 && kill "$(cat "$work/machine")"; } > /dev/null 2>&1 &
            ;;
        esac
    done
}

# Without what moves a terminal's cursor.
readable() {
    escape=$(printf '\033')
    sed "s/$escape\[[0-9;?]*[A-Za-z]//g" | tr -d '\000-\010\013-\037\177'
}

# Runs the machine; its console is the standard output.
run_machine() {
    set -- "$qemu" -M "$board" -m "$KERNEL_BOOT_MEMORY" -display none -nodefaults -no-reboot -serial stdio \
        -kernel "$work/kernel" -initrd "$work/initramfs" -append "$append"
    [ -z "$processor" ] || set -- "$@" -cpu "$processor"
    timeout -s KILL "$KERNEL_BOOT_TIMEOUT" "$@" < /dev/null 2> "$work/errors" &
    echo $! > "$work/machine"
    status=0
    wait $! || status=$?
    echo "$status" > "$work/status"
    # So that no other process is ended that has got the number.
    rm -f "$work/machine"
}

unpacked "$RESULTS/$KERNEL_IMAGE" > "$work/kernel" || fail "$KERNEL_IMAGE can't be unpacked"
make_init
make_modules
printf '%s\n' "$KERNEL_BOOT_MARKER" > "$root/caisson/marker"
[ -f "$root/caisson/modules" ] || : > "$root/caisson/modules"
make_archive
if [ -f "$config" ] && has CONFIG_RD_GZIP; then
    gzip -n "$work/initramfs"
    mv "$work/initramfs.gz" "$work/initramfs"
fi
append="${console:+console=$console }panic=-1"
case $KERNEL_ARCH in x86_64 | x86 | i386) append="$append reboot=t" ;; esac
append="$append${KERNEL_BOOT_APPEND:+ $KERNEL_BOOT_APPEND}"
fact boot-qemu "$("$qemu" --version | head -n 1)"
modules=$(wc -l < "$root/caisson/modules")
echo "$qemu -M $board${processor:+ -cpu $processor} -m $KERNEL_BOOT_MEMORY, $append, modules: $modules"

started=$(milliseconds)
run_machine | (
    ulimit -f "$serial_blocks"
    exec tee "$serial"
) | watch | readable
ended=$(milliseconds)
if [ -f "$work/verdict" ]; then ended=$(cat "$work/verdict"); fi
taken=$((ended - started))
seconds=$((taken / 1000)).$((taken % 1000 / 100))
fact boot-seconds "$seconds"
readable < "$serial" > "$work/said"
sed 's/^/QEMU: /' "$work/errors" 2> /dev/null

# What the machine has said, judged.
says() { grep -q -a -F "$@" "$work/said"; }
refused=$(grep -a '^INSMOD .* failed: ' "$work/said" | sed 's/^INSMOD //' | head -n 5 |
    tr '\n' ';' | sed 's/;$//; s/;/; /g')
[ -z "$refused" ] || fail "modules can't be loaded: $refused"
if says -x -e "$KERNEL_BOOT_MARKER"; then
    while IFS= read -r name; do
        says -e "INSMOD $name ok" || fail "the module $name wasn't loaded"
    done < "$root/caisson/modules"
    fact boot-marker "$KERNEL_BOOT_MARKER"
    fact boot-modules "$modules"
    echo "up after $seconds s"
    exit 0
fi
panic=$(grep -a -m 1 'Kernel panic' "$work/said" | sed 's/^.*Kernel panic/Kernel panic/')
[ -z "$panic" ] || give_up "$panic"
status=$(cat "$work/status")
[ "$(wc -c < "$serial")" -lt $((serial_blocks * 512)) ] ||
    give_up "the console says more than $((serial_blocks / 2048)) MiB"
[ ! -s "$work/errors" ] || [ "$status" -ne 1 ] || fail "$(head -n 1 "$work/errors")"
if [ "$taken" -ge "${KERNEL_BOOT_TIMEOUT}000" ]; then
    quiet=
    [ -s "$work/said" ] || quiet=", nor anything else"
    give_up "no $KERNEL_BOOT_MARKER within $KERNEL_BOOT_TIMEOUT s$quiet"
fi
[ "$status" -eq 0 ] || fail "$qemu ended with status $status"
[ -s "$work/said" ] || give_up "the machine was reset before any output"
give_up "the machine was reset without $KERNEL_BOOT_MARKER; its last line: $(tail -n 1 "$work/said")"
