FROM python:3.10
RUN pip install wheel==0.43.0 && pip cache purge
RUN pip install gunicorn==22.0.0 && rm -rf ~/.cache/pip
USER 1000
