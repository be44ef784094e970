FROM centos:7

 \
RUN yum install -y curl && yum clean all
