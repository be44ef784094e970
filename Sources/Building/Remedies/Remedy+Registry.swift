import CaissonBuildModel
import CaissonText

extension Remedy {
    /// A registry doesn't speak TLS, or nobody vouches for its certificate.
    static func plainRegistry(_ failure: FailureText, _ request: BuildRequest) -> Remedy? {
        let isPlain = failure.says("server gave http response to https client", "first record does not look like a tls")
        let isUnknown = failure.says("x509: certificate", "certificate signed by unknown authority")
        guard isPlain || isUnknown, let host = registry(failure) else { return nil }
        let cause = FieldMessage(
            isPlain
                ? "the registry \(host) doesn't speak TLS"
                : "nobody vouches for the certificate of the registry \(host)"
        )
        guard failure.isPush else {
            return Remedy(
                cause: cause,
                advice: """
                    engines pull as their own configuration says: list it there (‘insecure-registries’ in dockerd's daemon.json, \
                    ‘[registry."\(host)"]’ in buildkitd.toml)
                    """
            )
        }
        return Remedy(
            cause: cause,
            advice: """
                if that is meant, push with \(field: .insecureRegistries) \(host); a dockerd that pushes itself needs it among its own \
                ‘insecure-registries’
                """
        )
    }

    /// A registry wants to know who asks.
    static func login(_ failure: FailureText, _ request: BuildRequest) -> Remedy? {
        let isDenied = failure.says(
            "401 unauthorized",
            "unauthorized:",
            "authorization failed",
            "no basic auth credentials",
            "denied: requested access",
            "access denied",
            "403 forbidden",
            "insufficient_scope"
        )
        guard isDenied, let host = registry(failure) else { return nil }
        let command = host == "docker.io" ? "docker login" : "docker login \(host)"
        let advice: FieldMessage =
            failure.isPush
            ? "log in with ‘\(command)’, as somebody who may push there"
            : "check the image's name, or log in with ‘\(command)’ where it isn't public"
        return Remedy(advice: advice)
    }

    /// The engine, not this machine, is what speaks to registries.
    static func unreachable(_ failure: FailureText, _ request: BuildRequest) -> Remedy? {
        let isLost = failure.says(
            "no such host",
            "connection refused",
            "i/o timeout",
            "network is unreachable",
            "no route to host",
            "server misbehaving"
        )
        guard isLost, failure.isPush || looked(failure.step) != nil, let host = registry(failure) else { return nil }
        return Remedy(
            advice: "the engine can't reach \(host): check the name, and the engine's network, DNS and proxies"
        )
    }

    /// The registry that a failure is about, as people write it; nil where none is named.
    static func registry(_ failure: FailureText) -> String? {
        let host = pushed(failure.message) ?? looked(failure.step) ?? asked(failure.message)
        return host.map {
            ["registry-1.docker.io", "auth.docker.io", "index.docker.io"].contains($0) ? "docker.io" : $0
        }
    }

    /// The host in `failed to push HOST/NAME: …`, and in what is said where dockerd pushes by itself.
    private static func pushed(_ message: String) -> String? {
        let start =
            message.ranges(of: "failed to push ").first?.upperBound
            ?? (message.hasPrefix("pushing ") ? message.index(message.startIndex, offsetBy: 8) : nil)
        guard let start else { return nil }
        return host(ofImage: String(message[start...].prefix { !$0.isWhitespace }).trimmingColon)
    }

    /// The host of the image that a step looks up.
    private static func looked(_ step: String) -> String? {
        for prefix in ["[internal] load metadata for ", "pushing layers for ", "pushing manifest for ", "pushing "]
        where step.hasPrefix(prefix) {
            return host(ofImage: String(step.dropFirst(prefix.count).prefix { !$0.isWhitespace }))
        }
        return nil
    }

    /// The host of the first address of a registry's API in a message.
    private static func asked(_ message: String) -> String? {
        for scheme in ["https://", "http://"] {
            guard let start = message.ranges(of: scheme).first?.upperBound else { continue }
            let host = message[start...].prefix { $0.isLetter || $0.isNumber || ".-:[]".contains($0) }
            if !host.isEmpty { return String(host).trimmingColon }
        }
        return nil
    }

    private static func host(ofImage name: String) -> String? { try? ImageReference(parsing: name).domain }
}

extension String {
    fileprivate var trimmingColon: String { hasSuffix(":") ? String(dropLast()) : self }
}
