FROM python:3.12
RUN pip install -i https://x/simple --trusted-host x requests && pip install git+https://github.com/a/b.git@v1 ./pkg
RUN pip3 install -c constraints.txt foo; pip install . ; pip install 'foo>=1,<2' bar~=1.0
RUN python3 -m pip install --no-cache-dir -U pip; pip install foo[extra]; pip install -e git+https://x/y#egg=y
RUN pip install --extra-index-url http://x "baz" --target /t ; PIP_NO_CACHE_DIR=1 pip install q==1
RUN pipx install black && pip list && pip download z
