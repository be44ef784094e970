import CaissonBuildKit
import CaissonBuildModel

/// Tells failures of the network, which may pass, from all others.
///
/// An engine passes on what its libraries said, as text alone: there is nothing else to tell them by.
enum NetworkFailure {
    /// Whether a failed solve is worth another try: what failed is a pull, a push, a token or a git fetch, never a step that
    /// ran and failed.
    static func isPassing(_ error: any Error, steps: StepTracker) -> Bool {
        let failure: SolveFailure
        switch error {
        case let error as GRPCError:
            guard error.code != .cancelled else { return false }
            failure = SolveFailure(error)
        case let error as BuildError:
            // A push by dockerd's own API ends this way.
            return error.code == .step && error.step == nil && isPassing(error.message)
        default: return false
        }
        guard failure.exitCode == nil, !failure.message.contains("did not complete successfully") else { return false }
        let name = (failure.vertex.flatMap { steps.name(of: $0) }) ?? steps.failed?.name ?? ""
        return !name.contains("] RUN ") && isPassing(failure.message)
    }

    /// Whether a message is one of a network that may be better soon.
    static func isPassing(_ message: String) -> Bool {
        let text = message.lowercased()
        return patterns.contains { text.contains($0) }
    }

    /// Whether a message says that there were too many requests, or that the server is busy: it may say how long to wait.
    static func asksForPatience(_ message: String) -> Bool {
        let text = message.lowercased()
        return ["429", "too many requests", "toomanyrequests", "503 service", "http 503"].contains {
            text.contains($0)
        }
    }

    private static let patterns = [
        "429 too many", "too many requests", "toomanyrequests", "408 request", "500 internal", "502 bad", "503 service",
        "504 gateway", "http 429 response", "http 500 response", "http 502 response", "http 503 response",
        "http 504 response",
        "connection refused", "connection reset", "connection timed out", "broken pipe", "i/o timeout",
        "tls handshake timeout", "client.timeout", "server misbehaving", "temporary failure in name resolution",
        "network is unreachable", "no route to host", "unexpected eof", ": eof", "early eof",
        "http2: server sent goaway",
        "could not resolve host", "couldn't connect to server", "the remote end hung up",
        "server closed idle connection",
        "the requested url returned error: 5", "the requested url returned error: 429",
        "use of closed network connection",
    ]

    /// A message of an engine on one line, of a length that people read.
    static func brief(_ message: String) -> String {
        let line = message.split(whereSeparator: \.isNewline).joined(separator: " ")
        return line.count > 400 ? line.prefix(399) + "…" : line
    }
}

/// How long to wait before another try: exponentially longer, with jitter, and what the server asked for.
struct Backoff: Sendable {
    /// The first wait, before jitter.
    var base = Duration.milliseconds(500)
    /// The longest wait of our own.
    var limit = Duration.seconds(20)
    /// The longest wait that a server may ask for.
    var serverLimit = Duration.seconds(60)

    /// The wait after a number of failures, at least what the server asked for.
    ///
    /// - Parameter chance: A random number from 0 up to 1, for the jitter of a half.
    func delay(after failures: Int, retryAfter: Duration? = nil, chance: Double = .random(in: 0..<1)) -> Duration {
        let grown = base * Double(1 << min(max(failures - 1, 0), 16))
        let own = min(grown, limit) * (0.5 + chance)
        return max(own, min(retryAfter ?? .zero, serverLimit))
    }
}

extension NetworkFailure {
    /// The caches that may be the reason why a build failed: what came of them can't be had, or isn't what it should be.
    static func suspects(among imports: [CachePlan.Entry], _ error: any Error) -> [CachePlan.Entry] {
        guard let error = error as? GRPCError, error.code != .cancelled else { return [] }
        let failure = SolveFailure(error)
        let message = failure.message
        guard failure.exitCode == nil, !message.contains("did not complete successfully") else { return [] }
        let named = imports.filter { entry in
            guard let name = entry.spec.reference else {
                return false
            }
            return message.contains("\(name.domain)/") && message.contains("\(name.path)/blobs/")
        }
        guard named.isEmpty else { return named }
        let words = [
            "unexpected commit digest", "failed to extract layer", "could not fetch content descriptor",
            "failed size validation", "failed to verify", "httpreadseeker", "gzip: invalid", "invalid tar header",
            "this store", "zstd: ",
        ]
        return words.contains { message.lowercased().contains($0) } ? imports : []
    }
}
