FROM tomcat:9.0-jdk11
LABEL maintainer="web@example.com" Version="2.3"
RUN rm -rf /usr/local/tomcat/webapps/*
ADD target/shop.war /usr/local/tomcat/webapps/ROOT.war
ENV JAVA_OPTS -Xmx512m -Dfile.encoding=UTF-8
EXPOSE 8080
CMD ["catalina.sh", "run"]
