FROM fedora:40
RUN dnf group install -y "Development Tools" && dnf clean all
RUN dnf -y groupinstall 'C Development Tools and Libraries' && dnf clean all
RUN dnf install -y @development-tools && dnf clean all
USER 1000
