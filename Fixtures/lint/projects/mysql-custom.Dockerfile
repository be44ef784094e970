FROM mysql/mysql-server:5.7
ARG MYSQL_ROOT_PASSWORD
ENV MYSQL_ROOT_PASSWORD=$MYSQL_ROOT_PASSWORD
ADD my.cnf /etc/my.cnf
ADD dump.sql.gz /docker-entrypoint-initdb.d
EXPOSE 3306 33060
