FROM phusion/baseimage:focal-1.2.0
CMD ["/sbin/my_init"]
RUN add-apt-repository -y ppa:ondrej/php && \
  apt-get update && \
  apt-get -y upgrade && \
  apt-get -y install supervisor wget git apache2 php7.4 mysql-server pwgen
ADD supporting_files/start-apache2.sh /start-apache2.sh
ADD supporting_files/run.sh /run.sh
RUN chmod 755 /*.sh
ENV MYSQL_PASS:-$(pwgen -s 12 1)
EXPOSE 80 3306
CMD ["/run.sh"]
