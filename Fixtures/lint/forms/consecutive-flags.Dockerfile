FROM debian:12.5
RUN --mount=type=cache,target=/a true
RUN --mount=type=cache,target=/b true
RUN true
RUN false
# a comment
RUN true
USER 1000
