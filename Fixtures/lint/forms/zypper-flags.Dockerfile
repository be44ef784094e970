FROM opensuse/leap:15.5
RUN zypper --non-interactive --root / install --from repo-oss curl=8.0.1 && zypper clean -a
RUN zypper -n in -t pattern devel_basis=20170319 && rm -rf /var/cache/zypp/*
RUN zypper clean && zypper -n install jq=1.6
USER 1000
