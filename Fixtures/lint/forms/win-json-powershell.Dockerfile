FROM mcr.microsoft.com/windows/servercore:ltsc2022
RUN ["powershell", "-Command", "npm install left-pad; Get-Item C:\\x"]
CMD ["cmd.exe"]
