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
        case "docker-container": return try DialCommand(container: parsed)
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

    /// `docker-container://container[?context=…|host=…]`: buildctl's, and the address of the engine that has the container.
    private init(container address: HostAddress) throws(EngineError) {
        program = "docker"
        let (container, options) = try Self.named("container", by: address, fields: ["context", "host"])
        arguments = options + ["exec", "-i", container, "buildctl", "dial-stdio"]
    }

    /// `kube-pod://pod[?context=…&namespace=…&container=…&kubeconfig=…]`, as buildctl has it; the pod may be
    /// `deployment/NAME`.
    private init(pod address: HostAddress) throws(EngineError) {
        program = "kubectl"
        let fields = ["context", "namespace", "container", "kubeconfig"]
        let (pod, options) = try Self.named("pod", by: address, fields: fields)
        arguments = options + ["exec", "-i", pod, "--", "buildctl", "dial-stdio"]
    }

    /// The name in an address, and the program's options that its fields are.
    private static func named(
        _ what: String,
        by address: HostAddress,
        fields: [String]
    ) throws(EngineError) -> (String, options: [String]) {
        let parts = address.rest.split(separator: "?", maxSplits: 1).map(String.init)
        let name = parts.first ?? ""
        try check(name, what, of: address.description)
        var options: [String] = []
        for field in (parts.count > 1 ? parts[1] : "").split(separator: "&") {
            let pair = field.split(separator: "=", maxSplits: 1).map(String.init)
            guard pair.count == 2, fields.contains(pair[0]) else {
                let known = fields.map { $0 + "=" }.joined(separator: ", ")
                throw EngineError(
                    .badAddress,
                    "“\(field)” in “\(address)” isn't understood; known are \(known)"
                )
            }
            try check(pair[1], pair[0], of: address.description)
            options.append("--\(pair[0])=\(pair[1])")
        }
        return (name, options)
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
