# escape=`
FROM mcr.microsoft.com/windows/servercore:ltsc2022
SHELL ["powershell", "-Command", "$ErrorActionPreference = 'Stop';"]
RUN Invoke-WebRequest https://nodejs.org/dist/v20.11.1/node-v20.11.1-x64.msi -OutFile node.msi; `
    Start-Process msiexec.exe -ArgumentList '/i', 'node.msi', '/quiet' -Wait; `
    Remove-Item node.msi
WORKDIR C:\app
COPY package.json .
RUN npm install express
RUN cd C:\app; npm run build
CMD ["node", "server.js"]
