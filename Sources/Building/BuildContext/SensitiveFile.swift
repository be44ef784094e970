import Glibc

/// A file that would be sent and that looks like one that should stay here.
package struct SensitiveFile: Sendable, Hashable {
    /// Its path under the root.
    package var path: [UInt8]
    /// What it looks like, such as "a private key".
    package var reason: String

    /// How much of a file is looked at.
    static let examined = 64 * 1024

    /// What the path of a file suggests.
    enum Suspicion: Equatable {
        /// It is sensitive by its name.
        case certain(String)
        /// The file is sensitive if its text contains one of these.
        case ifContaining([String], String)
    }

    private static let names: [String: Suspicion] = [
        ".env": .certain("settings with passwords or tokens"),
        ".netrc": .certain("passwords of servers"),
        ".git-credentials": .certain("passwords of git servers"),
        ".htpasswd": .certain("passwords of a web server"),
        ".pgpass": .certain("passwords of databases"),
        ".npmrc": .ifContaining(["_authToken", "_password", "_auth"], "a token of an npm registry"),
        ".yarnrc.yml": .ifContaining(["npmAuthToken", "npmAuthIdent"], "a token of an npm registry"),
        ".pypirc": .ifContaining(["password"], "a password of a package index"),
        "id_rsa": .certain("a private SSH key"),
        "id_dsa": .certain("a private SSH key"),
        "id_ecdsa": .certain("a private SSH key"),
        "id_ed25519": .certain("a private SSH key"),
        "kubeconfig": .certain("the access to a Kubernetes cluster"),
    ]
    private static let endings: [(ending: String, suspicion: Suspicion)] = [
        (".pem", .certain("a key or a certificate")),
        (".key", .ifContaining(["PRIVATE KEY"], "a private key")),
        (".p12", .certain("a private key")),
        (".pfx", .certain("a private key")),
        (".jks", .certain("a store of private keys")),
        (".keystore", .certain("a store of private keys")),
        (".ppk", .ifContaining(["PuTTY-User-Key-File"], "a private SSH key")),
        (".kubeconfig", .certain("the access to a Kubernetes cluster")),
    ]
    private static let places: [(ending: String, suspicion: Suspicion)] = [
        (".kube/config", .certain("the access to a Kubernetes cluster")),
        (".aws/credentials", .certain("keys of a cloud account")),
        (".docker/config.json", .ifContaining(["\"auth\"", "identitytoken"], "passwords of registries")),
        (".config/gcloud/credentials.db", .certain("keys of a cloud account")),
    ]
    /// Endings of `.env.…` that mark files without secrets, which are made to be shared.
    private static let templates = ["example", "sample", "template", "dist", "defaults"]

    /// What a path suggests about a file; nil for an ordinary one.
    static func suspicion(of path: [UInt8]) -> Suspicion? {
        let name = path[((path.lastIndex(of: UInt8(ascii: "/")) ?? -1) + 1)...]
        // Nearly all files end here.
        guard mayBeSensitive(name) else { return nil }
        let text = String(decoding: name, as: UTF8.self).lowercased()
        if let found = names[text] { return found }
        if text.hasPrefix(".env.") {
            return templates.contains(where: text.hasSuffix) ? nil : names[".env"]
        }
        if let found = endings.first(where: { text.hasSuffix($0.ending) && text != $0.ending }) {
            return found.suspicion
        }
        let whole = "/" + String(decoding: path, as: UTF8.self)
        return places.first { whole.hasSuffix("/" + $0.ending) }?.suspicion
    }

    /// Whether a name needs a closer look, because its beginning or its end is in one of the lists.
    static func mayBeSensitive(_ name: some BidirectionalCollection<UInt8>) -> Bool {
        guard let first = name.first, let last = name.last else { return false }
        switch first | 0x20 {
        // First letters of the names, and of the names in `places`.
        case UInt8(ascii: "."), UInt8(ascii: "i"), UInt8(ascii: "k"), UInt8(ascii: "c"):
            if beginnings.contains(three(name.prefix(3))) { return true }
        default: break
        }
        guard "my2xskeg".utf8.contains(last | 0x20) else { return false }
        return lastThree.contains(three(name.suffix(3)))
    }

    /// The first three letters of the names, and the last three of the endings.
    private static let beginnings = [
        ".en", ".ne", ".gi", ".ht", ".pg", ".np", ".ya", ".py", "id_", "kub", "con", "cre",
    ].map { three($0.utf8) }
    private static let lastThree = ["pem", "key", "p12", "pfx", "jks", "ore", "ppk", "fig"].map { three($0.utf8) }

    /// Up to three letters as one number, the same in upper and lower case.
    private static func three(_ letters: some Sequence<UInt8>) -> UInt32 {
        letters.reduce(0) { $0 << 8 | UInt32($1 >= 0x41 && $1 <= 0x5A ? $1 | 0x20 : $1) }
    }
}

extension SensitiveFile {
    /// Whether a file that is sent looks as if it should stay here; its content is read only when its name suggests
    /// that.
    static func inspect(_ entry: Entry, _ name: WalkChunk.Name, of chunk: WalkChunk) -> SensitiveFile? {
        guard entry.mode.isRegular, let suspicion = suspicion(of: entry.path) else { return nil }
        switch suspicion {
        case .certain(let reason): return SensitiveFile(path: entry.path, reason: reason)
        case .ifContaining(let words, let reason):
            guard let file = try? chunk.open(name) else { return nil }
            let reader = FileReader(file.descriptor, path: entry.path, announcedSize: Int64(file.status.st_size))
            var text: [UInt8] = []
            guard let hasText = try? reader.read(into: &text, limit: examined), hasText else { return nil }
            let isThere = words.contains { contains(text, Array($0.utf8)) }
            return isThere ? SensitiveFile(path: entry.path, reason: reason) : nil
        }
    }

    private static func contains(_ text: [UInt8], _ word: [UInt8]) -> Bool {
        guard let first = word.first, text.count >= word.count else { return false }
        return (0...(text.count - word.count)).contains {
            text[$0] == first && text[$0..<($0 + word.count)] == word[...]
        }
    }
}
