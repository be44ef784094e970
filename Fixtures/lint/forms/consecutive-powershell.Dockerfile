# escape=`

FROM mcr.microsoft.com/windows/servercore:ltsc2022
RUN powershell -Command "$a = 1; one; two"
RUN powershell -Command "three; four"
RUN setx /M PATH "C:\bin;%PATH%"
