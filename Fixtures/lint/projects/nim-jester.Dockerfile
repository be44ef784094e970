FROM nimlang/nim:1.6.14-regular
WORKDIR /app
COPY *.nimble .
RUN nimble install -y jester && nimble install -d -y
COPY . .
RUN nimble build -d:release
ENTRYPOINT ./server
