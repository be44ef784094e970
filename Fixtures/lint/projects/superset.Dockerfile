FROM apache/superset:2.1.0
USER root
RUN pip install mysqlclient psycopg2-binary==2.9.9
ENV SUPERSET_SECRET_KEY changeme
COPY superset_config.py /app/pythonpath/
USER superset
