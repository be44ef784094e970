# Builds the modules, and installs them beside the build.
set -eu
. "${CAISSON:-/caisson}/common.sh"

is_set CONFIG_MODULES || skip "CONFIG_MODULES isn't set"
kernel_make modules
rm -rf "$O/modinstall"
set -- INSTALL_MOD_PATH="$O/modinstall" modules_install
[ "$KERNEL_STRIP" != 1 ] || set -- INSTALL_MOD_STRIP=1 "$@"
# Modules are installed by one make alone in older trees.
kernel_make "$@"
