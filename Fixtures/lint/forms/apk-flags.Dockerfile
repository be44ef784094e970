FROM alpine:3.19.1
RUN apk add --no-cache --repository https://dl-cdn.alpinelinux.org/alpine/edge/testing --virtual .deps gcc=13.2.1_git20231014-r0
RUN apk add --no-cache --root /rootfs --keys-dir /etc/apk/keys --repositories-file /etc/apk/repositories busybox=1.36.1-r15
RUN apk --no-cache -X https://example.com/repo add bash
USER 1000
