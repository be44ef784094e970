FROM alpine:3.19
ARG TERRAFORM_VERSION=1.7.4
ARG TARGETARCH
ADD https://releases.hashicorp.com/terraform/${TERRAFORM_VERSION}/terraform_${TERRAFORM_VERSION}_linux_${TARGETARCH}.zip /tmp/tf.zip
RUN unzip /tmp/tf.zip -d /usr/bin && rm /tmp/tf.zip
USER 1000
