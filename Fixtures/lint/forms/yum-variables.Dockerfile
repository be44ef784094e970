FROM centos:7
ENV PACKAGES="cockpit-ws jq-1.6"
ENV FLAGS="--nogpgcheck"
ARG TOOL_VERSION=1.2
RUN yum install -y ${PACKAGES} && yum clean all
RUN yum install -y devtoolset-10-gcc-* && yum clean all
RUN yum install -y tool-$TOOL_VERSION $FLAGS && yum clean all
