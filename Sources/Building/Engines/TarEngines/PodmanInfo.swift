import FoundationEssentials
import CaissonHTTPClient

/// What podman says of the machine it runs on.
enum PodmanInfo {
    /// The platform that it builds for.
    static func platform(_ endpoint: Endpoint) async throws -> String {
        struct Info: Decodable {
            var host: Host

            struct Host: Decodable {
                var os: String
                var arch: String
            }
        }
        let request = HTTPRequest("GET", endpoint, "/v4.0.0/libpod/info")
        let answer = try await withHTTPClient { try await $0.collect(request, upTo: 1 << 20) }
        guard answer.status == 200, let info = try? JSONDecoder().decode(Info.self, from: Data(answer.body)) else {
            throw HTTPClientError(
                .unexpectedStatus,
                "podman doesn't say what it runs on (status \(answer.status)) — \(endpoint) — see its log",
                status: answer.status
            )
        }
        return "\(info.host.os)/\(info.host.arch)"
    }
}
