import CaissonText

/// An SSH agent that steps of a build may ask for signatures, never for keys.
public struct SSHSpec: Sendable, Hashable {
    /// The id that steps use where they name none.
    public static let defaultID = "default"

    /// The name that `RUN --mount=type=ssh,id=…` knows it by.
    public var id: String
    /// An agent's socket, files of private keys, or files of public keys that the agent is narrowed to; empty for the user's
    /// agent with all its keys.
    public var paths: [String]

    /// Makes an agent's description.
    public init(id: String = defaultID, paths: [String] = []) {
        self.id = id
        self.paths = paths
    }

    /// Reads `default`, or `ID[=PATH[,PATH…]]`.
    public init(parsing text: String) throws(ParseError) {
        let (id, list) = text.cut(at: "=") ?? (text, "")
        let form = "default or ID[=SOCKET|KEY[,KEY…]]"
        guard !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            throw ParseError("SSH agent", text, "it has control characters", expected: form)
        }
        guard !id.isEmpty else { throw ParseError("SSH agent", text, "the id is empty", expected: form) }
        let paths = list.isEmpty ? [] : list.pieces(at: ",")
        guard !paths.contains("") else { throw ParseError("SSH agent", text, "a path is empty", expected: form) }
        self.init(id: id, paths: paths)
    }
}

extension SSHSpec: CustomStringConvertible {
    /// `ID` or `ID=PATH,PATH`.
    public var description: String { paths.isEmpty ? id : "\(id)=\(paths.joined(separator: ","))" }
}
