FROM hashicorp/terraform:1.6
RUN apk add --update --no-cache python3 py3-pip jq && pip3 install awscli
ENV AWS_ACCESS_KEY_ID=AKIA AWS_SECRET_ACCESS_KEY=xyz AWS_DEFAULT_REGION=eu-west-1
ENTRYPOINT []
