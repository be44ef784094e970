FROM php:8.3-fpm-alpine3.19
RUN apk add --no-cache --virtual .build-deps $PHPIZE_DEPS \
    && pecl install redis-6.0.2 \
    && docker-php-ext-enable redis \
    && apk del .build-deps
COPY php.ini $PHP_INI_DIR/conf.d/
COPY pool.conf $PHP_FPM_DIR/
USER www-data
