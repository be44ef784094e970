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
        return Remedy(cause: cause, advice: permission(of: host, failure, request))
    }

    /// What lets an engine speak to a registry all the same: it depends on who speaks.
    private static func permission(
        of host: String,
        _ failure: FailureText,
        _ request: BuildRequest
    ) -> FieldMessage {
        let listing = "‘[registry.\"\(host)\"]’ with ‘http = true’ in buildkitd.toml"
        if failure.isPodmans {
            return "if that is meant, list it in the registries.conf of that podman, with ‘insecure = true’"
        }
        if failure.isDockerdsPush {
            return """
                if that is meant, list it among the ‘insecure-registries’ in the daemon.json of that dockerd, which pushes by \
                itself, and restart it
                """
        }
        guard failure.isPush else {
            return """
                engines pull as their own configuration says: list it there (‘insecure-registries’ in dockerd's daemon.json, \
                \(listing))
                """
        }
        return request.insecureRegistries.contains(host)
            ? "the engine's own configuration has to allow it, too: \(listing)"
            : "if that is meant, push with \(field: .insecureRegistries) \(host)"
    }

    /// A registry wants to know who asks.
    static func login(_ failure: FailureText, _ request: BuildRequest) -> Remedy? {
        let isUnknown = failure.says(
            "401 unauthorized",
            "unauthorized:",
            "authorization failed",
            "no basic auth credentials"
        )
        let isDenied = failure.says(
            "denied: requested access",
            "access denied",
            "403 forbidden",
            "insufficient_scope"
        )
        guard isUnknown || isDenied, let host = registry(failure) else { return nil }
        let command = host == "docker.io" ? "docker login" : "docker login \(host)"
        let who = place(host)
        if failure.isPush {
            let name = pushed(failure) ?? "there"
            return Remedy(
                cause: FieldMessage(
                    isDenied ? "\(who) doesn't let you push \(name)" : "\(who) wants a login to push \(name)"
                ),
                advice: "log in with ‘\(command)’, as somebody who may push there"
            )
        }
        let image = StepName(failure.step).lookedUp?.familiar
        return Remedy(
            cause: image.map {
                FieldMessage(
                    isDenied ? "\(who) has no image \($0), or none that is public" : "\(who) wants a login for \($0)"
                )
            },
            advice: "check the image's name, or log in with ‘\(command)’ where it isn't public"
        )
    }

    /// The engine, not this machine, is what speaks to registries.
    static func unreachable(_ failure: FailureText, _ request: BuildRequest) -> Remedy? {
        let reasons = [
            "no such host", "connection refused", "i/o timeout", "network is unreachable", "no route to host",
            "server misbehaving", "tls handshake timeout", "connection reset by peer",
        ]
        guard let reason = reasons.first(where: { failure.says($0) }),
            failure.isPush || looked(failure.step) != nil, let host = registry(failure)
        else { return nil }
        return Remedy(
            cause: FieldMessage("the engine can't reach \(place(host)): \(reason)"),
            advice: "check the name, and the engine's network, DNS and proxies",
            // A name that nobody has comes again with every attempt.
            code: reason == "no such host" ? nil : .engine
        )
    }

    /// A registry that is reached, and has too much to do or is broken: another attempt may find it well.
    static func overloaded(_ failure: FailureText, _ request: BuildRequest) -> Remedy? {
        let answers = [
            "500 Internal Server Error", "502 Bad Gateway", "503 Service Unavailable", "504 Gateway Timeout",
            "429 Too Many Requests",
        ]
        guard let answer = answers.first(where: { failure.says($0.lowercased()) }),
            failure.isPush || looked(failure.step) != nil, let host = registry(failure)
        else { return nil }
        return Remedy(
            cause: FieldMessage("\(place(host)) answers \(answer)"),
            advice: "try again in a moment, or log in where it limits those who haven't",
            code: .engine
        )
    }

    /// A base image that its registry doesn't have.
    static func missingImage(_ failure: FailureText, _ request: BuildRequest) -> Remedy? {
        let isMissing =
            failure.message.hasSuffix(": not found")
            || failure.says("manifest unknown", "name unknown", "no such image")
        guard isMissing, !failure.isPush, let image = StepName(failure.step).lookedUp else { return nil }
        let isOfficial = image.domain == "docker.io" && image.path.hasPrefix("library/")
        let name = isOfficial ? String(image.path.dropFirst(8)) : image.path
        let version = image.digest.map { "digest “\($0)”" } ?? "tag “\(image.tag ?? "latest")”"
        return Remedy(
            cause: FieldMessage("\(place(image.domain)) has no image “\(name)” with the \(version)"),
            advice: FieldMessage("check the name and the \(image.digest == nil ? "tag" : "digest")")
        )
    }

    // MARK: Who is meant

    /// A registry in a sentence.
    private static func place(_ host: String) -> String { host == "docker.io" ? "Docker Hub" : "the registry \(host)" }

    /// The registry that a failure is about, as people write it; nil where none is named.
    static func registry(_ failure: FailureText) -> String? {
        let host = pushed(failure).flatMap(host(ofImage:)) ?? looked(failure.step) ?? asked(failure.message)
        return host.map {
            ["registry-1.docker.io", "auth.docker.io", "index.docker.io"].contains($0) ? "docker.io" : $0
        }
    }

    /// The image in `failed to push HOST/NAME: …`, and in what is said where dockerd or podman pushes by itself.
    private static func pushed(_ failure: FailureText) -> String? {
        let message = failure.message
        let start =
            message.ranges(of: "failed to push ").first?.upperBound
            ?? (message.hasPrefix("pushing ") ? message.index(message.startIndex, offsetBy: 8) : nil)
        guard let start else { return nil }
        let name = String(message[start...].prefix { !$0.isWhitespace }).trimmingColon
        return name.isEmpty ? nil : name
    }

    /// The host of the image that a step looks up or pushes.
    private static func looked(_ step: String) -> String? {
        for prefix in ["pushing layers for ", "pushing manifest for ", "pushing "] where step.hasPrefix(prefix) {
            return host(ofImage: String(step.dropFirst(prefix.count).prefix { !$0.isWhitespace }))
        }
        return StepName(step).lookedUp?.domain
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
