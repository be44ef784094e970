FROM rockylinux:8
ENV container docker
RUN (cd /lib/systemd/system/sysinit.target.wants/; for i in *; do [ $i == systemd-tmpfiles-setup.service ] || rm -f $i; done); \
    rm -f /lib/systemd/system/multi-user.target.wants/*; \
    rm -f /etc/systemd/system/*.wants/*
RUN dnf -y install dnf-plugins-core && dnf config-manager --set-enabled powertools
RUN dnf install sudo which python3.11
VOLUME [ "/sys/fs/cgroup" ]
CMD ["/usr/sbin/init"]
