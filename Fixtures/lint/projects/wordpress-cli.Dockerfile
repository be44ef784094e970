FROM wordpress:php8.1-apache
RUN apt-get update; \
    apt-get install -y --no-install-recommends less mariadb-client sudo; \
    rm -rf /var/lib/apt/lists/*; \
    curl -o /bin/wp-cli.phar https://raw.githubusercontent.com/wp-cli/builds/gh-pages/phar/wp-cli.phar; \
    chmod +x /bin/wp-cli.phar
COPY wp-su.sh /bin/wp
RUN chmod 777 /bin/wp /var/www/html
