FROM nvidia/cuda:12.1.1-cudnn8-devel-ubuntu22.04
ENV DEBIAN_FRONTEND=noninteractive
RUN apt-get update -y && apt-get install -y --no-install-recommends python3-pip=22.0.2+dfsg-1 && rm -rf /var/lib/apt/lists/*
RUN pip3 install --no-cache-dir --extra-index-url https://download.pytorch.org/whl/cu121 torch==2.2.1
RUN pip3 install --no-cache-dir --no-build-isolation --global-option build_ext flash-attn
USER 1000
