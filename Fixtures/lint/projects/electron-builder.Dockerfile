FROM electronuserland/builder:wine
RUN dpkg --add-architecture i386 && apt-get update && apt-get install --no-install-recommends -y wine32 && apt-get clean
WORKDIR /project
COPY package.json yarn.lock /project/
RUN yarn install --frozen-lockfile --network-timeout 100000
COPY . /project
RUN yarn dist --linux --win
