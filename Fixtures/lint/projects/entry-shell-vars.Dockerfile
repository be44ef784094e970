FROM amazonlinux:2
RUN amazon-linux-extras install -y nginx1 && yum -y install python3 tar gzip && yum clean all && rm -rf /var/cache/yum
ENV APP=web CONFIG=/etc/${APP}.conf
ENV APP_HOME=/opt/${APP}
ENTRYPOINT $APP_HOME/run
