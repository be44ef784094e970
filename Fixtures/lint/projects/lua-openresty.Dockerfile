FROM openresty/openresty:1.21.4.1-0-bullseye-fat
RUN opm get bungle/lua-resty-session \
    && luarocks install lua-resty-http
ADD nginx.conf /usr/local/openresty/nginx/conf/nginx.conf
ADD lua/ /usr/local/openresty/lualib/app/
