import CaissonText

/// A secret that steps of a build may mount, and where its value comes from; never the value itself.
public struct SecretSpec: Sendable, Hashable {
    /// The name that `RUN --mount=type=secret,id=…` knows it by.
    public var id: String
    /// Where the value comes from.
    public var source: SecretSource
    /// Whether a changed value rebuilds the steps that declare `ARG CAISSON_SECRET_<ID>`.
    public var rotates: Bool

    /// Makes a secret's description.
    public init(id: String, source: SecretSource = .automatic, rotates: Bool = false) {
        self.id = id
        self.source = source
        self.rotates = rotates
    }

    /// The build argument that carries a digest of the value where `rotates` is set: `CAISSON_SECRET_` and the id in capitals,
    /// with `_` for whatever a variable's name can't have.
    public var rotationArgument: String {
        let name = id.utf8.map { byte in
            byte.isLowercase ? byte - 0x20 : byte.isAlphanumeric ? byte : UInt8(ascii: "_")
        }
        return "CAISSON_SECRET_" + String(decoding: name, as: UTF8.self)
    }
}

/// Where the value of a secret comes from.
public enum SecretSource: Sendable, Hashable {
    /// The environment variable named like the secret, else the file of that name.
    case automatic
    /// A file.
    case file(String)
    /// An environment variable.
    case environment(String)
    /// A file in which the values of secrets are filled in where `{{ id }}` stands; only of those that are named.
    case template(String, secrets: [String])
}
