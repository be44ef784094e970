FROM python:3.12-slim
WORKDIR /app
COPY . .
RUN pip install --no-cache-dir .[dev]
RUN pip install --no-cache-dir -e ".[test]"
RUN pip install --no-cache-dir ./libs/core dist/*.whl
RUN pip install --no-cache-dir --index-url https://pypi.example.com/simple flask==3.0.0
USER 1000
