FROM nvidia/cuda:12.1.1-cudnn8-devel-ubuntu22.04
ENV DEBIAN_FRONTEND=noninteractive
RUN apt-get update && apt-get install -y software-properties-common && \
    add-apt-repository ppa:deadsnakes/ppa && apt-get update && \
    apt-get install -y python3.11 python3.11-dev python3-pip git wget
RUN ln -sf /usr/bin/python3.11 /usr/bin/python && ln -sf /bin/bash /bin/sh
RUN python -m pip install --upgrade pip
RUN pip3 install torch torchvision torchaudio --index-url https://download.pytorch.org/whl/cu121
RUN pip install -r https://example.com/requirements.txt
ENV LD_LIBRARY_PATH=/usr/local/cuda/lib64:$LD_LIBRARY_PATH HF_TOKEN=""
RUN wget https://example.com/model.bin -O /models/model.bin
COPY train.py .
ENTRYPOINT ["python", "train.py"]
