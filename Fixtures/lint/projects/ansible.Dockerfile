FROM python:3.9-alpine
RUN apk add gcc musl-dev libffi-dev openssl-dev openssh-client sshpass && pip install ansible==2.10.7 pywinrm[kerberos] && apk del gcc
COPY id_rsa /root/.ssh/id_rsa
RUN chmod 400 /root/.ssh/id_rsa
RUN ansible-galaxy collection install community.general
RUN rm /root/.ssh/id_rsa
WORKDIR /ansible
CMD [ "ansible-playbook", "--version" ]
