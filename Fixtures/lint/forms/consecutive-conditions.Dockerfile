FROM debian:12
RUN chmod 0444 /etc/x
RUN [ -e /etc/nsswitch.conf ] && grep files /etc/nsswitch.conf
RUN if [ -n "${http_proxy}" ]; then echo "Proxy ${http_proxy}" >> /etc/x; fi
RUN bash -c "one && two"
RUN test -e /a && three
