FROM tensorflow/serving:2.13.0
COPY ./models/resnet /models/resnet/1
ENV MODEL_NAME=resnet
EXPOSE 8500/TCP
EXPOSE 8501
