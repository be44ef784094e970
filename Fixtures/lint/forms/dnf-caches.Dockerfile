FROM fedora:41
RUN dnf install -y --setopt=install_weak_deps=False git-2.47.0 && rm -rf /var/cache/dnf
RUN dnf install -y --repo fedora jq-1.7.1 && rm -rf /var/cache/libdnf5 /var/log/*
RUN --mount=type=cache,target=/var/cache/dnf dnf install -y zip-3.0
USER 1000
