FROM node:20-slim
WORKDIR /app
COPY . .
RUN npm ci
FROM python:3.12-slim
COPY . /app
RUN pip install --no-cache-dir -r /app/requirements.txt
USER 1000
