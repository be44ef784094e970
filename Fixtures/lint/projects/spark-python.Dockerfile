FROM bitnami/spark:3.5
USER root
RUN install_packages curl python3-pip
RUN pip install -q numpy pandas==2.1.3
RUN curl https://repo1.maven.org/maven2/org/apache/hadoop/hadoop-aws/3.3.4/hadoop-aws-3.3.4.jar --output /opt/bitnami/spark/jars/hadoop-aws-3.3.4.jar
USER 1001
