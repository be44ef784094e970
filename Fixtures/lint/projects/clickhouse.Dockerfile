FROM yandex/clickhouse-server:21.3
RUN ["chmod", "-R", "777", "/etc/clickhouse-server"]
COPY users.xml config.d/ /etc/clickhouse-server
