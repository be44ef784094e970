FROM alpine:3.19
SHELL ["/bin/ash", "-eo", "pipefail", "-c"]
RUN wget -O - https://example.com/file | wc -l > /number
