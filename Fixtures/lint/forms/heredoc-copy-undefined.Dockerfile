# syntax=docker/dockerfile:1
FROM debian:12.5
ARG NAME=web
COPY <<EOF /etc/app.ini
name = ${NAME}
mode = $MODUS
text = 'it is $NAME'
EOF
USER 1000
