FROM registry.access.redhat.com/ubi9/ubi-minimal:9.3
RUN microdnf install -y --nodocs shadow-utils-4.9 && microdnf clean all
RUN microdnf install -y tar && dnf clean all
USER 1001
