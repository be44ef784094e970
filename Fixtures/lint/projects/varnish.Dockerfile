FROM debian:bullseye
RUN apt-get update
RUN apt-get install -y varnish varnish-modules
RUN apt-get clean
EXPOSE 6081
CMD varnishd -F -f /etc/varnish/default.vcl -s malloc,256m
