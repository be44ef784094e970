FROM ubuntu:22.04
RUN ["/bin/bash", "-o", "pipefail", "-c", "wget -qO- https://example.com/a | sh"]
RUN ["/bin/bash", "-c", "set -o pipefail; wget -qO- https://example.com/b | tee /b"]
RUN bash -o pipefail -c 'wget -qO- https://example.com/c | tee /c'
USER 1000
