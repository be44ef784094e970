FROM perl:5.38
RUN cpanm --notest Mojolicious DBD::Pg && rm -rf ~/.cpanm
WORKDIR /app
COPY cpanfile .
RUN cpanm --installdeps .
COPY . .
CMD ["perl", "script/app", "daemon"]
