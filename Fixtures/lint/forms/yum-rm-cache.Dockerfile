FROM amazonlinux:2.0.20240318.0
RUN yum install -y --enablerepo epel tar-1.26 && rm -rf /var/cache/yum
RUN yum install -y gzip-1.5 && yum clean all && rm -rf /var/cache/yum/*
USER 1000
