FROM debian:12.5
RUN set -o pipefail && curl -fsSL https://example.com/x.tgz | tar xz -C /opt
RUN set -euxo pipefail; curl -fsSL https://example.com/y.tgz | tar xz -C /opt
RUN curl -fsSL https://example.com/z.tgz | tar xz -C /opt
USER 1000
