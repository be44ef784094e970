# The tools that build Linux kernels, for `caisson kernel build --image`:
#
#   caisson build -t kernel-tools Dockerfiles/kernel
#   caisson build -t kernel-tools --build-arg CROSS="aarch64-linux-gnu riscv64-linux-gnu" \
#       --build-arg QEMU="x86 arm misc" Dockerfiles/kernel
#
#   BASE      a Debian, or what is made from it
#   CROSS     cross compilers: what follows gcc- in their packages' names
#   CLANG     yes, or a version such as 14, brings clang, lld and LLVM's other tools, too
#   QEMU      machines to boot kernels in: what follows qemu-system- in their packages' names
#   PACKAGES  further packages
#   MIRROR    where packages come from instead of the base's own hosts, such as https://mirror.lan
#
# What has been installed is listed in /usr/share/caisson/packages.

ARG BASE=debian:bookworm

FROM ${BASE}
ARG MIRROR=""
ARG CROSS=""
ARG CLANG=""
ARG QEMU=""
ARG PACKAGES=""
# A list that can't be read is a failure, as what is installed from an old one is another image.
RUN --mount=type=cache,id=caisson-kernel-apt,target=/var/cache/apt,sharing=locked \
    --mount=type=cache,id=caisson-kernel-lists,target=/var/lib/apt/lists,sharing=locked \
    set -eu; \
    export DEBIAN_FRONTEND=noninteractive LC_ALL=C; \
    rm -f /etc/apt/apt.conf.d/docker-clean; \
    if [ -n "$MIRROR" ]; then \
        find /etc/apt -type f \( -name '*.list' -o -name '*.sources' \) \
            -exec sed -i -E "s|https?://[^/ ]+|${MIRROR%/}|g" {} +; \
    fi; \
    set -- build-essential bc bison flex libelf-dev libssl-dev cpio kmod rsync ccache python3-minimal \
        bzip2 xz-utils zstd lz4 lzop file git patch time; \
    for cross in $CROSS; do set -- "$@" "gcc-$cross"; done; \
    case $CLANG in \
    "") ;; \
    [0-9]*) set -- "$@" clang lld llvm "clang-$CLANG" "lld-$CLANG" "llvm-$CLANG" ;; \
    *) set -- "$@" clang lld llvm ;; \
    esac; \
    for machine in $QEMU; do \
        set -- "$@" "qemu-system-$machine"; \
        # Firmware that QEMU's packages only recommend.
        case $machine in \
        misc | riscv) set -- "$@" opensbi ;; \
        ppc) set -- "$@" qemu-slof ;; \
        esac; \
    done; \
    apt-get -o APT::Update::Error-Mode=any -o Acquire::Retries=3 update; \
    apt-get -o Acquire::Retries=3 install --yes --no-install-recommends "$@" $PACKAGES; \
    mkdir -p /usr/share/caisson; \
    dpkg-query -W > /usr/share/caisson/packages; \
    rm -rf /var/log/apt /var/log/dpkg.log /var/log/alternatives.log /var/cache/ldconfig/aux-cache
# The folder of a build says nothing of what it gives.
ENV LC_ALL=C CCACHE_NOHASHDIR=true
LABEL org.opencontainers.image.title="caisson-kernel-tools" \
      org.opencontainers.image.description="compilers, tools and machines for Linux kernels"
