# shellcheck shell=bash
# What a machine lacks for building Caisson and an image with it. To be sourced after common.sh.
#
# What is there counts, not what is installed: a header or a library may come from anywhere. Packages have the names
# that they have in Debian.

missing=()   # packages without which nothing is compiled
engine=()    # packages of an engine, where none can be had without
unknown=()   # shared libraries of Swift's programs whose packages no rule tells

machine=$(uname -m)

is_in_lists() { apt-cache show "$1" 2>/dev/null | grep '^Package:' >/dev/null; }

# The first of the packages that apt can install here; the first of all where its lists are empty or there is no apt.
known_package() {
    local package
    for package in "$@"; do
        if is_in_lists "$package"; then
            printf '%s\n' "$package"
            return 0
        fi
    done
    printf '%s\n' "$1"
}

has_header() {
    [ -e "/usr/include/$1" ] || [ -e "/usr/include/$machine-linux-gnu/$1" ] || [ -e "/usr/local/include/$1" ]
}

has_library() {
    compgen -G "/usr/lib/$machine-linux-gnu/$1" >/dev/null || compgen -G "/usr/lib*/$1" >/dev/null ||
        compgen -G "/usr/local/lib*/$1" >/dev/null
}

# The package of a shared library, by Debian's rule for their names: libncurses.so.6 is in libncurses6, libsqlite3.so.0
# in libsqlite3-0. Systems with 64-bit times have renamed some.
package_of_library() {
    local name=${1%%.so.*} version=${1##*.so.} package
    name=$(tr '_[:upper:]' '-[:lower:]' <<<"$name")
    case $1 in
    libxml2.so.2) package=libxml2 ;;
    libz.so.1) package=zlib1g ;;
    lib*[0-9].so.*) package=$name-$version ;;
    lib*.so.*) package=$name$version ;;
    *) return 1 ;;
    esac
    known_package "$package" "${package}t64"
}

# The folder of Swift's programs: swiftly's are links to itself, and it knows the real ones.
swift_programs() {
    local swift
    swift=$(readlink -f "$(command -v swift)") || return 1
    if [ "$(basename "$swift")" = swiftly ]; then
        swift=$("$swift" use --print-location 2>/dev/null | head -n 1)/usr/bin/swift
    fi
    [ -x "$swift" ] || return 1
    dirname "$swift"
}

# The shared libraries that Swift's programs don't find; those that they are known to need where Swift isn't there yet.
lost_libraries() {
    local folder program
    if ! folder=$(swift_programs); then
        has_library libncurses.so.6 || echo libncurses.so.6
        has_library libsqlite3.so.0 || echo libsqlite3.so.0
        return 0
    fi
    for program in swift-driver swift-frontend swift-build swift-autolink-extract clang; do
        ldd "$folder/$program" 2>/dev/null || true
    done | awk '/=> not found/ && !seen[$1]++ { print $1 }'
}

find_libraries() {
    local library package
    while read -r library; do
        if package=$(package_of_library "$library"); then missing+=("$package"); else unknown+=("$library"); fi
    done < <(lost_libraries)
}

# Swift's clang takes the C++ library and the start files of the newest GCC that it finds, complete or not. Where there
# is none, GCC's own runtime library, which every Debian has, tells the version that goes with the system.
find_compiler_files() {
    local gcc version
    gcc=$(compgen -G "/usr/lib/gcc/$machine-*/*/crtbegin.o" | sort -V | tail -n 1) || true
    gcc=${gcc%/crtbegin.o}
    version=${gcc##*/}
    [ -n "$version" ] || version=$(dpkg-query -W -f '${Version}' libgcc-s1 2>/dev/null) || version=N
    version=${version%%[.-]*}
    has_header stdio.h || missing+=(libc6-dev)
    [ -n "$gcc" ] || missing+=("libgcc-$version-dev")
    [ -e "$gcc/libstdc++.so" ] || missing+=("libstdc++-$version-dev")
    command -v ld >/dev/null || missing+=(binutils)
    command -v ld.gold >/dev/null && return 0
    # Newer systems have the linker that Swift uses in a package of its own.
    if is_in_lists binutils-gold || command -v ld >/dev/null; then missing+=(binutils-gold); fi
}

# What Caisson's sources and their packages need.
find_libraries_of_caisson() {
    has_header curl/curl.h || missing+=(libcurl4-openssl-dev)
    has_header archive.h || missing+=(libarchive-dev)
    { has_header sqlite3.h && has_library libsqlite3.a; } || missing+=(libsqlite3-dev)
    { has_header yaml.h && has_library libyaml.a; } || missing+=(libyaml-dev)
    command -v git >/dev/null || missing+=(git)
    compgen -G '/etc/ssl/certs/*' >/dev/null || compgen -G '/etc/pki/tls/certs/*' >/dev/null ||
        missing+=(ca-certificates)
}

# Whether an engine is there that needs no installation: one that runs, one that is named, or one to be started.
has_engine() {
    [ -n "${CAISSON_HOST:-}${BUILDKIT_HOST:-}${DOCKER_HOST:-}" ] || [ -S /var/run/docker.sock ] ||
        { command -v dockerd >/dev/null && command -v docker >/dev/null; }
}

find_engine() {
    has_engine && return 0
    command -v dockerd >/dev/null || engine+=(docker.io)
    # Newer systems have the client in a package of its own.
    if ! command -v docker >/dev/null && is_in_lists docker-cli; then engine+=(docker-cli); fi
}

# Fills `missing`, `engine` and `unknown`.
find_needs() {
    missing=() engine=() unknown=()
    find_libraries
    find_compiler_files
    find_libraries_of_caisson
    find_engine
}

# Prints the path of a static busybox, where there is one.
# shellcheck disable=SC2154 # common.sh sets them
static_busybox() {
    local candidate
    for candidate in "$test_cache/engines/busybox/bin/busybox" "$repository/.build/release/busybox" \
        "$(command -v busybox || true)"; do
        if [ ! -x "$candidate" ] || ldd "$candidate" >/dev/null 2>&1; then continue; fi
        printf '%s\n' "$candidate"
        return 0
    done
    return 1
}
