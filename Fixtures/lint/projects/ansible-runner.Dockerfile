FROM quay.io/ansible/ansible-runner:stable-2.12-latest
RUN pip3 install --no-cache-dir --trusted-host pypi.example.com ansible-lint==6.22.2 && ansible-galaxy collection install community.general
USER 1000
