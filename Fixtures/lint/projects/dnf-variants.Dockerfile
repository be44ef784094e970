FROM fedora:38
RUN dnf -y upgrade --refresh
RUN dnf in -y vim && dnf clean packages
RUN --mount=type=cache,target=/var/cache/libdnf5 dnf install -y git-core-2.41.0 ${EXTRA}
RUN microdnf update -y && microdnf install tar gzip-1.12
