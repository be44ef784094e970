/// Names of settings whose values look like secrets, by the words in them: `API_KEY`, `--token`, `secret_access_key`.
package enum ConfidentialName {
    private static let words: Set<String> = [
        "apikey", "auth", "bearer", "credential", "credentials", "jwt", "key", "pass", "passphrase", "passwd",
        "password",
        "pat", "pwd", "pword", "secret", "sig", "signature", "token",
    ]
    /// Those that leave no doubt at the end of a name.
    private static let certain: Set<String> = [
        "apikey", "credential", "credentials", "jwt", "pass", "passphrase", "passwd", "password", "pat", "pwd", "pword",
        "secret", "token",
    ]
    /// What makes a secret of a `key`; others are of caches, tables and the like.
    private static let kindsOfKeys: Set<String> = [
        "access", "api", "deploy", "encryption", "private", "secret", "signing",
    ]
    /// What stands for a value that isn't told.
    private static let replacement = "***"

    /// Whether a name looks like a secret's; one that says `public` doesn't.
    package static func matches(_ name: String) -> Bool {
        let parts = Set(parts(of: name))
        return !parts.isDisjoint(with: words) && !parts.contains("public")
    }

    /// Whether a name is a secret's for all that one can know: `API_TOKEN`, but not `AUTH_MODE` or `CACHE_KEY`.
    package static func isSecret(_ name: String) -> Bool {
        let parts = parts(of: name)
        guard let last = parts.last, !parts.contains("public") else { return false }
        return certain.contains(last) || last == "key" && !kindsOfKeys.isDisjoint(with: parts)
    }

    private static func parts(of name: String) -> [String] {
        name.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
    }

    /// A text such as `TOKEN=value`, `type=s3,secret_access_key=value` or an address without what follows a confidential name,
    /// and without users and passwords of addresses.
    ///
    /// All that follows is left out, as a value may have any characters in it.
    package static func withoutValues(in text: String) -> String {
        let text = withoutPasswords(in: text)
        let bytes = Array(text.utf8)
        var nameStart = 0
        for (place, byte) in bytes.enumerated() {
            switch byte {
            case UInt8(ascii: "="):
                let name = String(decoding: bytes[nameStart..<place], as: UTF8.self)
                if place + 1 < bytes.count, matches(name) {
                    return String(decoding: bytes[...place], as: UTF8.self) + replacement
                }
                nameStart = place + 1
            case _ where "?&;, ".utf8.contains(byte): nameStart = place + 1
            default: break
            }
        }
        return text
    }

    // MARK: Addresses

    /// The text with `***` in place of the user and the password of each address, as in `postgres://***@host/db`.
    package static func withoutPasswords(in text: String) -> String {
        let bytes = Array(text.utf8)
        var shown: [UInt8] = []
        var done = 0
        for range in userParts(of: bytes) {
            shown += bytes[done..<range.lowerBound] + replacement.utf8
            done = range.upperBound
        }
        return done == 0 ? text : String(decoding: shown + bytes[done...], as: UTF8.self)
    }

    /// The passwords of the addresses in a text, and users that have none, which are mostly tokens.
    package static func passwords(in text: String) -> [String] {
        let bytes = Array(text.utf8)
        return userParts(of: bytes).map { range in
            let password = bytes[range].firstIndex(of: UInt8(ascii: ":")).map { bytes[($0 + 1)..<range.upperBound] }
            return String(decoding: password ?? bytes[range], as: UTF8.self)
        }
    }

    /// Where what stands between `://` and the `@` before a host is.
    private static func userParts(of bytes: [UInt8]) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var place = 0
        while place + 3 < bytes.count {
            guard bytes[place...].starts(with: "://".utf8) else {
                place += 1
                continue
            }
            let start = place + 3
            let end = bytes[start...].firstIndex { $0 <= 0x20 || "/?#\"'".utf8.contains($0) } ?? bytes.count
            if let at = bytes[start..<end].lastIndex(of: UInt8(ascii: "@")), at > start { ranges.append(start..<at) }
            place = end
        }
        return ranges
    }
}
