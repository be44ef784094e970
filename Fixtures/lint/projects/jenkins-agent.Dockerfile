FROM jenkins/inbound-agent:latest-jdk17
USER root
RUN apt-get update && apt-get -y install apt-transport-https ca-certificates curl gnupg2 software-properties-common
RUN curl -fsSL https://download.docker.com/linux/debian/gpg | apt-key add -
RUN add-apt-repository "deb [arch=amd64] https://download.docker.com/linux/debian $(lsb_release -cs) stable"
RUN apt-get update && apt-get install -y docker-ce-cli
RUN groupadd -g 998 docker; usermod -aG docker jenkins
USER jenkins
