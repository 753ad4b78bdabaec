# The image is the static binary and nothing else: no shell, no package to patch.
# Build it with "make image", which makes the binaries first.
FROM scratch
ARG TARGETARCH=amd64
COPY bin/linux-${TARGETARCH}/rollguard-webhook /rollguard-webhook
USER 65532:65532
EXPOSE 9443 8080
ENTRYPOINT ["/rollguard-webhook"]
