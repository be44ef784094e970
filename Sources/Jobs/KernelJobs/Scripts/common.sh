# What the steps share: the job's values, where things are, and make.

: "${CAISSON:=/caisson}"
: "${JOB:=/job}" "${RESULTS:=/out}"
# shellcheck source=/dev/null
. "$CAISSON/environment"

SRC=$KERNEL_SOURCE
if [ -s "$JOB/facts/tree" ]; then SRC=$(cat "$JOB/facts/tree"); fi
# The packages of bindeb-pkg go to the parent of O=.
: "${BUILD:=/build}"
O=$BUILD/kernel
: "${SHOWN_BYTES:=100000}"

# What the kernel says of itself must not change with the time and the place of its build. It takes the time as it is
# written, and with @SECONDS, as TuxMake has it, says just that.
if [ -z "$KERNEL_TIME" ] && [ -s "$JOB/facts/source-date" ]; then KERNEL_TIME=$(cat "$JOB/facts/source-date"); fi
if [ -z "$KERNEL_TIME" ] && [ -f "$SRC/Makefile" ]; then KERNEL_TIME=$(stat -c %Y "$SRC/Makefile"); fi
export SOURCE_DATE_EPOCH="${KERNEL_TIME:-0}" KBUILD_BUILD_VERSION=1 LC_ALL=C TZ=UTC
# What a kernel that can be built again doesn't depend on.
[ "${KERNEL_VARIED:-0}" = 0 ] || export LC_ALL=C.UTF-8 TZ=CAISSON-11:30
KBUILD_BUILD_TIMESTAMP=$(date -u -d "@$SOURCE_DATE_EPOCH" '+%a %b %e %H:%M:%S UTC %Y')
export KBUILD_BUILD_TIMESTAMP

# Says in the facts what a step is to be known by.
fact() { printf '%s\n' "$2" > "$JOB/facts/$1"; }

# Ends a step that has nothing to do, and says why.
skip() {
    echo "skipped: $*"
    echo SKIP > "$JOB/facts/state"
    why "$*"
    exit 0
}

# Ends a step that failed, and says why.
fail() {
    echo "error: $*"
    why "$*"
    exit 1
}

# Keeps the reason for the step's marker, which is one word.
why() { printf %s "$*" | sed 's/%/%25/g; s/ /%20/g' | tr -d '\000-\037\177' > "$JOB/facts/why"; }

# Milliseconds since 1970; busybox's date has none, so that the time since the machine started gives them.
milliseconds() {
    read -r up rest < /proc/uptime
    : "$rest"
    echo $((STARTED + ${up%.*} * 1000 + (1${up#*.} - 100) * 10))
}
if [ -z "${STARTED:-}" ]; then
    read -r up rest < /proc/uptime
    STARTED=$(($(date +%s) * 1000 - ${up%.*} * 1000 - (1${up#*.} - 100) * 10))
    export STARTED
fi

# The CPU time of this container in milliseconds; nothing where the engine shows none.
processor_time() {
    if [ -r /sys/fs/cgroup/cpuacct/cpuacct.usage ]; then
        echo $(($(cat /sys/fs/cgroup/cpuacct/cpuacct.usage) / 1000000))
    elif grep -q '^usage_usec' /sys/fs/cgroup/cpu.stat 2> /dev/null; then
        echo $(($(sed -n 's/^usage_usec //p' /sys/fs/cgroup/cpu.stat) / 1000))
    fi
}

# make in the source tree, with the job's own arguments behind ours.
kernel_make() {
    set -- --jobs="${KERNEL_JOBS:-$(nproc)}" O="$O" ARCH="$KERNEL_ARCH" "$@"
    [ -z "$KERNEL_CROSS" ] || set -- CROSS_COMPILE="$KERNEL_CROSS" "$@"
    [ -z "$KERNEL_CC" ] || set -- CC="$KERNEL_CC" HOSTCC="$KERNEL_HOSTCC" "$@"
    [ "$KERNEL_COMPILER" != clang ] || set -- LLVM=1 "$@"
    if [ "$KERNEL_VERBOSE" = 1 ]; then set -- V=1 "$@"; else set -- --silent "$@"; fi
    [ "$KERNEL_KEEP_GOING" != 1 ] || set -- --keep-going "$@"
    while IFS= read -r argument; do set -- "$@" "$argument"; done < "$CAISSON/make-arguments"
    make -C "$SRC" "$@"
}

# Applies the patches that are listed, each with the number of folders that are left out of its paths.
apply_patches() {
    [ -s "$1/list" ] || return 0
    command -v patch > /dev/null 2>&1 || fail "the image lacks patch"
    while IFS=' ' read -r strip file name; do
        echo "patch $name"
        # busybox has no flags for the folder, and for asking nobody, which nobody is there for anyway.
        (cd "$2" && patch -p"$strip" -N < "$1/$file") || fail "the patch $name doesn't apply"
    done < "$1/list"
}

# Whether the final configuration has a symbol built in.
is_set() { grep -q "^$1=y\$" "$O/.config"; }
