FROM rockylinux:9.3
RUN dnf install -y epel-release-9 && dnf --enablerepo crb install -y ninja-build-1.10 && dnf clean all && rm -rf /var/cache/yum
USER 1000
