import CaissonBuildModel
import CaissonText

/// Where relative contexts of a definition begin: in the working directory, or at the address that the definition is from.
package struct BatchBase: Sendable, Hashable {
    /// The address of the definition; nil for one of this machine.
    package var address: String?

    /// Takes the definition's address, where it has one.
    package init(address: String? = nil) {
        self.address = address
    }

    /// The address that a context is at; nil for one of this machine.
    func remote(_ path: String) -> String? {
        guard let address, Self.isRelative(path) else { return nil }
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
        return address.hasPrefix("ssh://") || address.hasPrefix("git@")
    }

    private static func isRelative(_ path: String) -> Bool {
        let marks = ["cwd://", "target:", "docker-image:", "oci-layout:", "/"]
        return !marks.contains(where: path.hasPrefix) && !BakePath.isAddress(path)
    }

    /// The address of a directory within a git repository: `…#ref:directory`, within that of the definition.
    private static func address(_ address: String, of directory: String) -> String {
        guard let (head, tail) = address.cut(at: "#") else { return "\(address)#:\(directory)" }
        let (reference, within) = tail.cut(at: ":") ?? (tail, "")
        return "\(head)#\(reference):\(ComposePaths.joined(within, directory))"
    }
}
