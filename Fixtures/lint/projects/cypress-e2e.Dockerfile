FROM cypress/included:13.6.0
WORKDIR /e2e
COPY ./package.json .
COPY ./cypress.config.js .
COPY ./cypress ./cypress
RUN npm install --save-dev cypress-mochawesome-reporter
ENTRYPOINT ["npx", "cypress", "run"]
