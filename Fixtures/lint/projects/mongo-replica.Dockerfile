FROM mongo:6.0.12
RUN echo "rs.initiate({'_id':'rs0', members: [{'_id':0, 'host':'127.0.0.1:27017'}]});" > "/docker-entrypoint-initdb.d/init_replicaset.js"
RUN openssl rand -base64 756 > /etc/mongo.key && chmod 400 /etc/mongo.key
CMD [ "--replSet", "rs0" ]
