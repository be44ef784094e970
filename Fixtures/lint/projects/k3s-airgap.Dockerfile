FROM rancher/k3s:v1.28.4-k3s2 AS k3s
FROM scratch
COPY --from=k3s / /
COPY images.tar /var/lib/rancher/k3s/agent/images/
