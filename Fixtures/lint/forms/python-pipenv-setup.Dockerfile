FROM python:3.9
WORKDIR /app
COPY Pipfile Pipfile.lock ./
RUN pip install --no-cache-dir pipenv==2023.12.1 && pipenv install --deploy --system
COPY . .
RUN pipenv run python setup.py install
USER 1000
