FROM ubuntu:22.04
RUN python3 -m pip install --no-cache-dir --upgrade pip setuptools==69.0.0
RUN python3 -m pip install --timeout 60 numpy
USER 1000
