FROM debian:12
RUN a
# comment
RUN b
RUN --mount=type=cache,target=/x c
RUN --mount=type=cache,target=/x d
RUN e | f
RUN g
ENV x=1
RUN h
RUN ["i", "j"]
ONBUILD RUN k
RUN l
