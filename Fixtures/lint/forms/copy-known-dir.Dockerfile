FROM alpine:3.20
ENV D=/x/ E=/y
COPY one two $D
COPY one two $E
ARG DEST
COPY one two ${DEST}
USER 1000
