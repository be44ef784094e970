import CaissonBuildModel

/// The program that reaches an engine which has no socket here: `ssh`, `docker exec` or `kubectl exec`, with the engine's
/// bytes on its standard input and output.
struct DialCommand: Sendable, Hashable {
    /// The program's name, looked up in PATH.
    var program: String
    /// Its arguments.
    var arguments: [String]

    /// The command for an address; nil for one that is dialled directly.
    ///
    /// - Throws: `EngineError` with code `badAddress` for what could be taken for something other than a host or a name.
    static func reaching(_ address: String, kind: EngineKind = .unknown) throws(EngineError) -> DialCommand? {
        let parsed = try HostAddress(parsing: address)
        switch parsed.scheme {
        case "ssh": return try DialCommand(ssh: parsed, kind)
        case "docker-container":
            try check(parsed.rest, "container", of: address)
            return DialCommand(
                program: "docker",
                arguments: ["exec", "-i", parsed.rest, "buildctl", "dial-stdio"]
            )
        case "kube-pod": return try DialCommand(pod: parsed)
        default: return nil
        }
    }

    private init(program: String, arguments: [String]) {
        self.program = program
        self.arguments = arguments
    }

    /// `ssh://[user@]host[:port][/path/of/the/socket]`, as docker has it (docker/cli cli/connhelper).
    private init(ssh address: HostAddress, _ kind: EngineKind) throws(EngineError) {
        let authority = String(address.rest.prefix { $0 != "/" })
        let path = String(address.rest.dropFirst(authority.count))
        var host = authority
        program = "ssh"
        arguments = ["-T", "-o", "ConnectTimeout=30"]
        if let at = host.lastIndex(of: "@") {
            let user = String(host[..<at])
            guard !user.contains(":") else {
                throw EngineError(
                    .badAddress,
                    "an ssh:// address can't hold a password; use a key, and write ssh://\(user.prefix { $0 != ":" })@…"
                )
            }
            try Self.check(user, "user", of: "ssh://…")
            arguments += ["-l", user]
            host = String(host[host.index(after: at)...])
        }
        if let port = HostAddress(ssh: host).port {
            guard UInt16(port).map({ $0 > 0 }) == true else {
                throw EngineError(.badAddress, "the address “\(address)” has the bad port “\(port)”; use 1 to 65535")
            }
            arguments += ["-p", port]
            host.removeLast(port.count + 1)
        }
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        try Self.check(host, "host", of: address.description)
        arguments += ["--", host, try Self.remoteCommand(path, address, kind)]
    }

    /// What the login shell there runs: docker's own command where it is installed, else BuildKit's.
    private static func remoteCommand(
        _ path: String,
        _ address: HostAddress,
        _ kind: EngineKind
    ) throws(EngineError) -> String {
        let isPlain = path.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard isPlain else {
            throw EngineError(.badAddress, "the socket's path in “\(address)” holds characters that a shell would read")
        }
        let hasPath = !path.isEmpty && path != "/"
        let buildctl = "exec buildctl \(hasPath ? "--addr unix://\(path) " : "")dial-stdio"
        guard kind != .buildkitd else { return buildctl }
        let docker = "exec docker \(hasPath ? "--host unix://\(path) " : "")system dial-stdio"
        return "command -v docker >/dev/null 2>&1 && \(docker); \(buildctl)"
    }

    /// `kube-pod://pod[?context=…&namespace=…&container=…]`, as buildctl has it.
    private init(pod address: HostAddress) throws(EngineError) {
        let parts = address.rest.split(separator: "?", maxSplits: 1).map(String.init)
        try Self.check(parts[0], "pod", of: address.description)
        program = "kubectl"
        var options: [String] = []
        for field in (parts.count > 1 ? parts[1] : "").split(separator: "&") {
            let pair = field.split(separator: "=", maxSplits: 1).map(String.init)
            guard pair.count == 2, ["context", "namespace", "container"].contains(pair[0]) else {
                throw EngineError(
                    .badAddress,
                    "“\(field)” in “\(address)” isn't understood; known are context=, namespace= and container="
                )
            }
            try Self.check(pair[1], pair[0], of: address.description)
            options.append("--\(pair[0])=\(pair[1])")
        }
        arguments = options + ["exec", "-i", parts[0], "--", "buildctl", "dial-stdio"]
    }

    /// Refuses what a program would take for an option, or a shell for more than a word.
    private static func check(_ name: String, _ what: String, of address: String) throws(EngineError) {
        let isFine = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"),
                UInt8(ascii: ":"), UInt8(ascii: "%"), UInt8(ascii: "/"), UInt8(ascii: "@"):
                true
            default: false
            }
        }
        guard !name.isEmpty, !name.hasPrefix("-"), isFine else {
            throw EngineError(.badAddress, "the address “\(address)” has no usable name of a \(what)")
        }
    }
}

extension HostAddress {
    /// A host with or without a port, as in an ssh:// address.
    fileprivate init(ssh authority: String) {
        scheme = "ssh"
        rest = authority
    }
}
