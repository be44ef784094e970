FROM example.com/team/base:1.4
COPY app.jar ${DEPLOYMENTS}/app.jar
ENV PATH=$TOOLS_PATH:$PATH
USER 1000
