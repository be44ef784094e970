FROM fedora:40
SHELL ["/bin/bash", "-c"]
RUN set -o pipefail; echo a | cat; set +o pipefail; echo b | cat
USER 1000
