import BuildModel
import HTTPClient

/// Asks a registry how long it wants to be left alone: engines don't pass on what it told them.
enum RetryAfter {
    /// The wait that the registry of a name asks for; nil where it asks for none or doesn't answer at once.
    static func ask(_ reference: ImageReference, isInsecure: Bool) async -> Duration? {
        let host = reference.domain == "docker.io" ? "registry-1.docker.io" : reference.domain
        let isLocal = host.hasPrefix("127.") || host == "localhost" || host.hasPrefix("localhost:")
        let scheme = isInsecure || isLocal ? "http" : "https"
        let tag = reference.digest ?? reference.tag ?? "latest"
        let url = "\(scheme)://\(host)/v2/\(reference.path)/manifests/\(tag)"
        guard var request = try? HTTPRequest("HEAD", url: url) else { return nil }
        request.timeouts = HTTPTimeouts(connect: .seconds(2), silence: .seconds(3), total: .seconds(5))
        let asked = request
        let answer = try? await withHTTPClient { client in try await client.collect(asked, upTo: 1 << 16) }
        guard let answer, answer.status == 429 || answer.status == 503 else { return nil }
        return answer.headers["Retry-After"].flatMap { Int64($0) }.map { .seconds(max(0, min($0, 3600))) }
    }
}
