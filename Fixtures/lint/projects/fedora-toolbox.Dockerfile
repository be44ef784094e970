FROM registry.fedoraproject.org/fedora:39
LABEL com.github.containers.toolbox="true" \
      name="fedora-toolbox" \
      usage="This image is meant to be used with the toolbox command"
COPY README.md /
RUN dnf -y swap glibc-minimal-langpack glibc-all-langpacks && \
    dnf -y install $(<extra-packages) && \
    dnf clean all
RUN sed -i '/tsflags=nodocs/d' /etc/dnf/dnf.conf
