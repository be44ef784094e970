package import CaissonBuildModel
import CaissonText

/// Where relative contexts of a definition begin: in the working directory, or at the address that the definition is from.
package struct BatchBase: Sendable, Hashable {
    /// The address of the definition; nil for one of this machine.
    package var address: String?
    /// Whether there is an archive, of which only the whole can be a context.
    package var isArchive: Bool
    /// What the engine gives to the server at the address.
    package var secrets: [SecretSpec]

    /// Takes the definition's address, where it has one.
    package init(address: String? = nil, isArchive: Bool = false, secrets: [SecretSpec] = []) {
        self.address = address
        self.isArchive = isArchive
        self.secrets = secrets
    }

    /// Whether a context lies within an archive, where engines can't take it from.
    func isUnreachable(_ path: String) -> Bool {
        isArchive && BakePath.isRelative(path) && ComposePaths.clean(path) != "."
    }

    /// What the engine gives to the server of a context: what it gives to that of the definition, where that is the same.
    func secrets(for context: ContextSource) -> [SecretSpec] {
        guard case .remote(let other) = context, let host = address.flatMap(Self.host),
            Self.host(of: other)?.lowercased() == host.lowercased()
        else { return [] }
        return secrets
    }

    /// The host of an address, with its port.
    package static func host(of address: String) -> String? {
        let rest = address.ranges(of: "://").first.map { address[$0.upperBound...] } ?? address[...]
        let authority = rest.prefix { !"/?#".contains($0) }
        let host = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
        // The other form of git: user@host:path.
        let isShort = !address.contains("://")
        let end = isShort ? host.prefix { $0 != ":" } : host
        return end.isEmpty ? nil : String(end)
    }

    /// The address that a context is at; nil for one of this machine.
    func remote(_ path: String) -> String? {
        guard let address, BakePath.isRelative(path) else { return nil }
        let clean = ComposePaths.clean(path)
        return clean == "." ? address : Self.address(address, of: clean)
    }

    /// A path of this machine, without the mark that says so.
    func local(_ path: String) -> String {
        path.rest(after: "cwd://").map { ComposePaths.clean($0) } ?? path
    }

    /// Whether the files come over SSH, which an agent is asked for unless one is named.
    func asksForAgent(_ context: ContextSource) -> Bool {
        guard case .remote(let address) = context else { return false }
        return Self.isOverSSH(address)
    }

    /// Whether git reads an address over SSH: `ssh://…` and `user@host:path`.
    package static func isOverSSH(_ address: String) -> Bool {
        if address.contains("://") { return address.lowercased().hasPrefix("ssh://") }
        guard case .remote? = try? ContextSource(parsing: address) else { return false }
        return !address.hasPrefix("github.com/")
    }

    /// The address of a directory within a git repository: `…#ref:directory`, within that of the definition.
    private static func address(_ address: String, of directory: String) -> String {
        guard let (head, tail) = address.cut(at: "#") else { return "\(address)#:\(directory)" }
        let (reference, within) = tail.cut(at: ":") ?? (tail, "")
        return "\(head)#\(reference):\(ComposePaths.joined(within, directory))"
    }
}
