# hadolint global ignore=DL3018,DL3042
FROM python:3.11-alpine
RUN apk add --no-cache gcc musl-dev
RUN pip install cffi
ENTRYPOINT ["python"]
