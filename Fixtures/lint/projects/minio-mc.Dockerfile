FROM minio/mc:RELEASE.2023-12-07T22-37-31Z
COPY --chmod=0755 setup.sh /setup.sh
ENTRYPOINT ["/bin/sh", "/setup.sh"]
