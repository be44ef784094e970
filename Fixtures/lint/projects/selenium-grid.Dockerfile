FROM selenium/standalone-chrome:119.0
USER root
RUN sudo apt-get update && sudo apt-get install -y python3-pip
RUN pip3 install selenium pytest
USER seluser
COPY --chown=seluser . /tests
WORKDIR /tests
CMD pytest -n 4
