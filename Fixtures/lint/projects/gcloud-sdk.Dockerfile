FROM google/cloud-sdk:455.0.0-alpine
RUN gcloud components install kubectl --quiet && gcloud components update
RUN apk add --no-cache 'openjdk11-jre>11' py3-pip~=23
ENV CLOUDSDK_PYTHON=python3
