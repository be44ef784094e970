FROM centos:centos7.9.2009
RUN yum groupinstall "Development Tools" && yum -y localinstall https://example.com/a.rpm
RUN yum -y install java-11-openjdk-11.0.20 wget-${WGET_VERSION} \
 && yum -y module install nodejs:18
RUN rm -rf /var/cache/yum/*
