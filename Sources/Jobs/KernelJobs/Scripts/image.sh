# Builds the kernel.
set -eu
. "${CAISSON:-/caisson}/common.sh"

kernel_make "$KERNEL_IMAGE"
