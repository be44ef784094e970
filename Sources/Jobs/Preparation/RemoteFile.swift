import CaissonBuildContext
public import CaissonBuildModel
import CaissonHTTPClient
import CaissonText

/// A Dockerfile, or another text, at an `http` or `https` address.
///
/// It is fetched here, through the environment's proxies, and given to the engine as a text: errors can show its lines then.
struct RemoteFile: Sendable {
    /// The address without a user's name and password.
    let address: String
    private let authorization: String?
    private let proxies: ProxySettings

    /// How long the whole file may take.
    private static let patience = Duration.seconds(120)

    /// - Throws: `BuildError` with code `usage` for what can't be in an address.
    init(_ text: String, environment: [String: String]) throws(BuildError) {
        let (scheme, rest) = text.cut(at: ":") ?? (text, "")
        let authority = rest.dropFirst(2).prefix { !"/?#".contains($0) }
        var address = text
        var user: String?
        if let at = authority.lastIndex(of: "@") {
            user = String(authority[..<at])
            address = "\(scheme)://\(rest[rest.index(after: at)...])"
        }
        guard address.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw BuildError(
                .usage,
                "\(field: .dockerfile) \(address.quoted) is no address: blanks and letters beyond ASCII are written as %XX"
            )
        }
        self.address = address
        authorization = user.map {
            "Basic " + String(decoding: Base64.encode(Array(($0.percentDecoded ?? $0).utf8)), as: UTF8.self)
        }
        proxies = ProxySettings(variables: environment)
    }

    /// The file's text; nil where it is an archive.
    ///
    /// - Parameters:
    ///   - what: What it is to be, for messages.
    ///   - limit: How many bytes it may have; an archive may have more.
    /// - Throws: `BuildError` with code `usage` where there is no such file, or it is none, and `deadlineExceeded`; or
    ///   `CancellationError`.
    func text(of what: String, limit: Int) async throws -> [UInt8]? {
        func wrong(_ reason: String, _ code: BuildError.Code = .usage) -> BuildError {
            BuildError(code, "can't fetch the \(what) \(address): \(reason)")
        }
        do {
            let request = try request()
            let (status, start) = try await withHTTPClient { http in
                try await http.withResponse(to: request) { response in
                    (response.status, try await response.body.start(upTo: limit + 1))
                }
            }
            guard status == 200 else { throw wrong("the server answers with status \(status)") }
            guard !start.isEmpty else { throw wrong("it is empty") }
            guard StandardInput.content(of: start) == .text else { return nil }
            guard start.count <= limit else { throw wrong("it is over \(limit >> 20) MiB: that is no \(what)") }
            return start
        } catch let error as HTTPClientError {
            let isLate = [.connectTimedOut, .silence, .deadlineExceeded].contains(error.code)
            throw wrong(error.message, isLate ? .deadlineExceeded : .usage)
        }
    }

    private func request() throws -> HTTPRequest {
        var request = try HTTPRequest("GET", url: address)
        if let authorization { request.headers.append("Authorization", authorization) }
        request.followsRedirects = true
        request.timeouts.total = Self.patience
        if case .tcp(let host, let port, let tls) = request.endpoint {
            request.proxy = proxies.proxy(isTLS: tls != nil, host: host, port: port)
        }
        return request
    }
}

extension DockerfileSource {
    /// The text of a Dockerfile at an `http` or `https` address, fetched now.
    ///
    /// - Parameters:
    ///   - address: The address; a user's name and password in it are given to its server.
    ///   - environment: Where proxies are named: `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`.
    /// - Throws: `BuildError` with code `usage` where there is no such Dockerfile, and `deadlineExceeded`; or
    ///   `CancellationError`.
    public static func fetched(from address: String, environment: [String: String]) async throws -> DockerfileSource {
        let file = try RemoteFile(address, environment: environment)
        guard let text = try await file.text(of: "Dockerfile", limit: ResolvedDockerfile.largest) else {
            throw BuildError(.usage, "can't fetch the Dockerfile \(file.address): it is an archive, not a Dockerfile")
        }
        return .text(text)
    }
}
