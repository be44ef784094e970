package import CaissonBuildModel
import CaissonText

/// What a definition's builds may do on this machine and beyond the usual: the values of bake's `--allow`.
package struct EntitlementGrants: Sendable {
    /// What builds may do that isn't about files.
    var powers: Set<String> = []
    /// Paths that may be read, with all below them; `*` is every path.
    var readable: [String] = []
    /// Paths that may be written, with all below them; `*` is every path.
    var writable: [String] = []

    private static let plain = ["network.host", "security.insecure", "device", "ssh", "buildx.local.delete"]
    private static let withValue = ["fs", "fs.read", "fs.write", "image", "image.push", "image.load", "device"]

    /// Reads the values.
    package init(_ texts: [String]) throws(ParseError) {
        for text in texts {
            let (name, value) = text.cut(at: "=") ?? (text, nil)
            guard Self.plain.contains(name) || Self.withValue.contains(name) else {
                let known = Self.plain + Self.withValue.filter { $0 != "device" }.map { "\($0)=…" }
                let names = Self.plain + Self.withValue
                let meant = nearest(to: name, among: names).map { "did you mean \($0)?" }
                throw Self.wrong(text, "unknown power \(name.quoted) (\(meant ?? known.joined(separator: ", ")))")
            }
            try take(name, value, of: text)
        }
    }

    private mutating func take(_ name: String, _ value: String?, of text: String) throws(ParseError) {
        guard let value else {
            guard Self.plain.contains(name) else { throw Self.wrong(text, "\(name) needs a value: \(name)=PATH") }
            powers.insert(name)
            return
        }
        guard Self.withValue.contains(name), !value.isEmpty else {
            throw Self.wrong(text, value.isEmpty ? "the value is empty" : "\(name) takes no value")
        }
        switch name {
        case "fs": (readable, writable) = (readable + [value], writable + [value])
        case "fs.read": readable.append(value)
        case "fs.write": writable.append(value)
        case "device": powers.insert("device=\(CommaFields.parse(value)?.first ?? value)")
        // Known to docker-buildx, which asks for none of them.
        default: break
        }
    }

    private static func wrong(_ text: String, _ problem: String) -> ParseError {
        ParseError("power", text, problem, expected: "such as network.host, ssh or fs.read=PATH")
    }
}
