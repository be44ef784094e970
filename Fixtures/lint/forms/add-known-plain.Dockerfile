FROM alpine:3.20
ENV CONF=app.conf
ADD $CONF /etc/app.conf
ADD requirements.txt /tmp/
USER 1000
