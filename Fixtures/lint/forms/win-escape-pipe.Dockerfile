# escape=`
ARG TAG=ltsc2019
FROM example.com/base/build-tools:${TAG}
RUN powershell -Command `
    Get-ChildItem C:\ | Where-Object { $_.Length -gt 0 } | Out-File list.txt
RUN type list.txt | sort > sorted.txt
CMD ["cmd"]
