/// Names of settings whose values look like secrets, by the words in them: `API_KEY`, `--token`, `secret_access_key`.
package enum ConfidentialName {
    private static let words: Set<String> = [
        "apikey", "auth", "credential", "credentials", "key", "passphrase", "passwd", "password", "pword", "secret",
        "token",
    ]
    /// What stands for a value that isn't told.
    private static let replacement = "***"

    /// Whether a name looks like a secret's; one that says `public` doesn't.
    package static func matches(_ name: String) -> Bool {
        let parts = Set(name.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init))
        return !parts.isDisjoint(with: words) && !parts.contains("public")
    }

    /// A text such as `TOKEN=value` or `type=s3,secret_access_key=value` without what follows a confidential name.
    ///
    /// All that follows is left out, as a value may have any characters in it.
    package static func withoutValues(in text: String) -> String {
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
            case UInt8(ascii: ","), UInt8(ascii: " "): nameStart = place + 1
            default: break
            }
        }
        return text
    }
}
