FROM --platform=linux/amd64 registry.access.redhat.com/ubi8/ubi:8.9
RUN dnf install -y --setopt=tsflags=nodocs git-2.39.3 jq && dnf clean all && rm -rf /var/cache/dnf
RUN curl -L https://mirror.openshift.com/pub/openshift-v4/clients/ocp/stable/openshift-client-linux.tar.gz | tar xz -C /usr/local/bin
USER 65532
