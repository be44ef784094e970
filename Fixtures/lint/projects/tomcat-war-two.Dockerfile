FROM tomcat:10.1-jdk17
RUN rm -rf $CATALINA_HOME/webapps/ROOT
COPY target/app.war $CATALINA_HOME/webapps/ROOT.war
EXPOSE 8080
CMD catalina.sh run
