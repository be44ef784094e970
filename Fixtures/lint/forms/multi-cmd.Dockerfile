FROM python:3.12-alpine
CMD ["python", "one.py"]
CMD ["python", "two.py"]
ENTRYPOINT ["/one"]
ENTRYPOINT ["/two"]
HEALTHCHECK CMD wget -qO- localhost
HEALTHCHECK NONE
USER 1000
