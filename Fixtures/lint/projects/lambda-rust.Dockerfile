FROM public.ecr.aws/lambda/provided:al2023 AS build
RUN dnf install -y gcc tar && curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y --profile minimal
ENV PATH=/root/.cargo/bin:$PATH
COPY . /src
WORKDIR /src
RUN cargo build --release && cp target/release/bootstrap ${LAMBDA_RUNTIME_DIR}
