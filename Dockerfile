# The image has the binary and nothing else: no shell, no libraries, no files to write.

FROM rust:1-alpine AS build
WORKDIR /src
# The dependencies alone, so that they are built again only when they change.
COPY Cargo.toml Cargo.lock ./
RUN mkdir src && : > src/lib.rs && echo 'fn main() {}' > src/main.rs && cargo build --locked --release && rm -r src
COPY src src
# Newer than what stood there before.
RUN touch src/lib.rs src/main.rs && cargo build --locked --release
RUN mkdir -p /out && cp "$(find target/ -path '*/release/mock-calls')" /out/mock-calls

FROM scratch
COPY --from=build /out/mock-calls /mock-calls
USER 65532:65532
# Nobody outside reaches the loopback of a container.
ENV MOCK_CALLS_HOST=0.0.0.0
EXPOSE 2255
HEALTHCHECK --interval=5s --timeout=3s --start-period=10s --retries=3 CMD ["/mock-calls", "health"]
ENTRYPOINT ["/mock-calls"]
