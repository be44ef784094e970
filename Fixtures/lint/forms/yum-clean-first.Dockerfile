FROM centos:7.9.2009
RUN yum clean all && yum install -y wget-1.14
USER 1000
