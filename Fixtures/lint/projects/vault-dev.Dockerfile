FROM vault:1.13
COPY --chown=vault:vault policies/ /vault/policies
ENV VAULT_DEV_ROOT_TOKEN_ID=root
EXPOSE 8200
CMD ["server", "-dev"]
