FROM centos:7
RUN yum -y update && yum install -y epel-release
RUN yum install -y httpd-2.4.6 mod_ssl php php-mysql \
    && yum clean all
RUN echo "ServerName localhost" >> /etc/httpd/conf/httpd.conf
VOLUME ["/var/www/html"]
EXPOSE 80
ENTRYPOINT ["/usr/sbin/httpd"]
CMD ["-D", "FOREGROUND"]
