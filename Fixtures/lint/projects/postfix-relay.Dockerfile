FROM alpine:edge
RUN apk add --no-cache postfix cyrus-sasl rsyslog supervisor \
 && mkdir -p /var/log/supervisor/ /var/run/supervisor/
ADD supervisord.conf /etc/
ADD run.sh /run.sh
RUN chmod +x /run.sh; newaliases
EXPOSE 25
CMD ["/run.sh"]
