FROM quay.io/prometheus/busybox-linux-amd64:latest
ARG ARCH="amd64"
ARG OS="linux"
COPY .build/${OS}-${ARCH}/my_exporter /bin/my_exporter
EXPOSE      9100
USER        nobody
ENTRYPOINT  [ "/bin/my_exporter" ]
