import CaissonBuildKit
import CaissonHTTPClient

/// One buildkitd: HTTP/2 with prior knowledge on its socket, and the session inside it.
struct BuildkitdConnection: Sendable {
    let endpoint: Endpoint

    /// Connects to its control API.
    func openControl() async throws -> ByteStream {
        // Go's gRPC servers of late refuse TLS clients that don't ask for HTTP/2.
        try ByteStream(taking: await dial(endpoint, DialOptions(offersHTTP2: true)))
    }
}
