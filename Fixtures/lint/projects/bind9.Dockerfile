FROM alpine:3.12
RUN apk --update add bind && rm -rf /var/cache/apk/*
EXPOSE 53/udp 53/tcp
VOLUME /etc/bind
CMD ["named","-c","/etc/bind/named.conf","-g"]
