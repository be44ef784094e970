FROM redis:7.2-alpine3.18
COPY redis.conf /usr/local/etc/redis/redis.conf
COPY tls /tls
RUN chown -R redis:redis /tls && chmod 600 /tls/redis.key
CMD [ "redis-server", "/usr/local/etc/redis/redis.conf" ]
