FROM registry.access.redhat.com/ubi9/ubi-minimal:9.3 AS build
RUN microdnf install -y --nodocs python3.11 python3.11-pip && microdnf clean all
RUN python3.11 -m pip install --no-cache-dir --prefix=/install requests==2.31.0 gunicorn
FROM registry.access.redhat.com/ubi9/ubi-micro
COPY --from=build /install /usr/local
USER 1001
