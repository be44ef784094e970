# Builds any other target of the kernel's Makefile.
set -eu
. "${CAISSON:-/caisson}/common.sh"

case $1 in
headers)
    rm -rf "$O/headersinstall"
    kernel_make INSTALL_HDR_PATH="$O/headersinstall" headers_install
    ;;
*) kernel_make "$1" ;;
esac
