# Finds out whether the image has what the job needs, before anything of the source is looked at.
set -eu
. "${CAISSON:-/caisson}/common.sh"

compiler=$KERNEL_CROSS$KERNEL_COMPILER
[ "$KERNEL_COMPILER" = gcc ] || compiler=$KERNEL_COMPILER
[ -z "$KERNEL_COMPILER_SUFFIX" ] || compiler=$compiler-$KERNEL_COMPILER_SUFFIX
missing=
tools="make tar $compiler"
[ "$KERNEL_COMPILER" != gcc ] || tools="$tools ${KERNEL_CROSS}ld"
[ -z "$KERNEL_WRAPPER" ] || tools="$tools $KERNEL_WRAPPER"
# A real tree makes its kconfig by these; others may do without.
[ ! -e "$SRC/scripts/kconfig/lexer.l" ] || tools="$tools flex bison"
[ ! -e "$SRC/kernel/time/timeconst.bc" ] || tools="$tools bc"
for tool in $tools $KERNEL_TOOLS; do
    command -v "$tool" > /dev/null 2>&1 || missing="$missing $tool"
done
[ -z "$missing" ] || fail "the image lacks$missing"

make --version > /dev/null 2>&1 || fail "make is in the image, and doesn't run: it may lack libraries"
fact uname "$(uname -a)"
fact cores "$(nproc)"
fact ram "$(sed -n 's/^MemTotal: *\([0-9]*\) kB/\1/p' /proc/meminfo | awk '{ print int($1 / 1024) }')"
mkdir -p "$BUILD"
fact free-disk-space "$(df -m "$BUILD" 2> /dev/null | awk 'NR == 2 { print $4 }')"
[ ! -f /etc/os-release ] || cp /etc/os-release "$JOB/facts/os-release"
[ ! -f /etc/debian_version ] || cp /etc/debian_version "$JOB/facts/debian-version"
fact compiler-name "$compiler"
fact compiler "$("$compiler" --version | head -n 1)"
case $KERNEL_COMPILER in
gcc) version=$("$compiler" -dumpfullversion -dumpversion) ;;
*) version=$("$compiler" --version | sed -n 's/.*version \([0-9][0-9.]*\).*/\1/p' | head -n 1) ;;
esac
fact compiler-version "$version"
fact gccversion "$("$compiler" -dumpversion)"
fact compiler-machine "$("$compiler" -dumpmachine)"
fact make "$(make --version | head -n 1)"
if command -v "${KERNEL_CROSS}ld" > /dev/null 2>&1; then fact ld "$("${KERNEL_CROSS}ld" --version | head -n 1)"; fi
for tool in ar as bc bison ccache clang depmod flex gcc git ld lld openssl pahole; do
    command -v "$tool" > /dev/null 2>&1 || continue
    said=$("$tool" --version 2> /dev/null < /dev/null | head -n 1) || continue
    [ -z "$said" ] || fact "tool-$tool" "$said"
done
echo "$compiler $version for $(cat "$JOB/facts/compiler-machine")"
case $version in
"$KERNEL_COMPILER_VERSION" | "$KERNEL_COMPILER_VERSION".* | "$version$KERNEL_COMPILER_VERSION") ;;
*) fail "the job asks for $KERNEL_COMPILER $KERNEL_COMPILER_VERSION, and the image has $version" ;;
esac

test=$(mktemp -d)
echo 'int answer(void) { return 42; }' > "$test/a.c"
"$compiler" -c "$test/a.c" -o "$test/a.o" || fail "$compiler can't compile a function of one line"
[ -s "$test/a.o" ] || fail "$compiler says that it compiled, and gives nothing"
rm -rf "$test"
if [ -n "$KERNEL_WRAPPER" ] && [ "$KERNEL_WRAPPER" = ccache ]; then ccache --zero-stats; fi
