FROM alpine:latest
LABEL maintainer="Kyle <kyle@example.net>"
RUN echo "http://dl-cdn.alpinelinux.org/alpine/edge/testing/" >> /etc/apk/repositories && \
    apk add --update openvpn iptables bash easy-rsa openvpn-auth-pam google-authenticator && \
    ln -s /usr/share/easy-rsa/easyrsa /usr/local/bin && \
    rm -rf /tmp/* /var/tmp/* /var/cache/apk/*
ENV OPENVPN=/etc/openvpn
ENV EASYRSA=/usr/share/easy-rsa EASYRSA_CRL_DAYS=3650 EASYRSA_PKI=$OPENVPN/pki
VOLUME ["/etc/openvpn"]
EXPOSE 1194/udp
CMD ["ovpn_run"]
ADD ./bin /usr/local/bin
RUN chmod a+x /usr/local/bin/*
