import CaissonBuildModel
import CaissonText

/// What the values of `--set` name themselves, which nobody has to be asked about.
struct EntitlementOverrides {
    /// What builds may do that isn't about files.
    private(set) var powers: Set<String> = []
    /// Paths that are read, with all below them.
    private(set) var readable: [String] = []
    /// Paths that are written, with all below them.
    private(set) var writable: [String] = []

    /// Looks through `TARGET.KEY[.NAME][+]=VALUE`.
    init(_ overrides: [String]) {
        for override in overrides {
            guard let (place, value) = override.cut(at: "="), !value.isEmpty,
                let word = place.pieces(at: ".").dropFirst().first
            else { continue }
            add(word.hasSuffix("+") ? String(word.dropLast()) : word, value)
        }
    }

    private mutating func add(_ key: String, _ value: String) {
        switch key {
        case "entitlements": powers.insert(value)
        case "network": if value == "host" { powers.insert("network.host") }
        case "context", "contexts", "dockerfile": readable.append(value.rest(after: "cwd://") ?? value)
        case "cache-from": readable += Self.values(of: ["src"], in: value)
        case "secret", "secrets": readable += Self.values(of: ["src", "source"], in: value)
        case "cache-to": writable += Self.values(of: ["dest"], in: value)
        case "output": writable += Self.isAttributes(value) ? Self.values(of: ["dest"], in: value) : [value]
        case "ssh":
            powers.insert("ssh")
            readable += value.cut(at: "=")?.tail.pieces(at: ",") ?? []
        default: break
        }
    }

    private static func isAttributes(_ value: String) -> Bool { value.contains(",") || value.hasPrefix("type=") }

    private static func values(of keys: [String], in record: String) -> [String] {
        (CommaFields.parse(record) ?? []).compactMap { field in
            guard let (key, value) = field.cut(at: "="), keys.contains(key.trimmed.lowercased()), !value.isEmpty else {
                return nil
            }
            return value
        }
    }
}
