import CaissonBuildModel
import CaissonText

/// Why a value of a field can't be used, as the end of a sentence.
package struct BakeValueError: Error, Sendable, Hashable {
    /// What is wrong.
    package var message: String

    init(_ message: String) { self.message = message }
}

extension BakeEntry {
    /// Reads what buildx's flags take: `type=local,dest=out` and the short forms of each kind.
    ///
    /// A reference of a cache without `=` may be several with commas between them, hence a list.
    static func parse(_ text: String, _ kind: Kind) throws(BakeValueError) -> [BakeEntry] {
        switch kind {
        case .attestation: [try attestation(text)]
        case .cache: try caches(text)
        case .output: [try output(text)]
        case .secret: [try secret(text)]
        case .ssh: [ssh(text)]
        case .policy: [try policy(try fields(text))]
        }
    }

    /// The fields between commas; a line's end behind the last is no part of it.
    private static func fields(_ text: String) throws(BakeValueError) -> [String] {
        var line = text
        for end in ["\r\n", "\n"]
        where line.utf8.elementsEqual(text.utf8) && text.utf8.reversed().starts(with: end.utf8.reversed()) {
            line = String(Substring(text.utf8.dropLast(end.utf8.count)))
        }
        guard !line.isEmpty else { throw BakeValueError("it is empty") }
        guard let fields = CommaFields.parse(line) else {
            throw BakeValueError("the quotes of \(text.quoted) don't match")
        }
        return fields
    }

    private static func pair(_ field: String) throws(BakeValueError) -> (key: String, value: String) {
        guard let (key, value) = field.cut(at: "=") else {
            throw BakeValueError("invalid value \(field.quoted): write KEY=VALUE")
        }
        return (key, value)
    }

    private static func attestation(_ text: String) throws(BakeValueError) -> BakeEntry {
        var attributes: [String: String] = [:]
        for field in try fields(text) {
            let (key, value) = try pair(field)
            switch key.lowercased().trimmed {
            case "type": attributes["type"] = value
            case "disabled": attributes["disabled"] = try flag(value, in: field)
            default: attributes[key] = value
            }
        }
        guard attributes["type"]?.isEmpty == false else { throw BakeValueError("the attestation has no type") }
        if attributes["disabled"] == "false" { attributes["disabled"] = nil }
        return BakeEntry(attributes)
    }

    private static func caches(_ text: String) throws(BakeValueError) -> [BakeEntry] {
        let fields = try fields(text)
        guard text.utf8.contains(UInt8(ascii: "=")) else {
            return fields.filter { !$0.isEmpty }.map { BakeEntry(["type": "registry", "ref": $0]) }
        }
        if fields.count == 1, !fields[0].utf8.contains(UInt8(ascii: "=")) {
            return [BakeEntry(["type": "registry", "ref": fields[0]])]
        }
        var attributes: [String: String] = [:]
        for field in fields {
            let (key, value) = try pair(field)
            attributes[key.lowercased()] = value
        }
        guard attributes["type"]?.isEmpty == false else { throw BakeValueError("\(text.quoted) has no type") }
        return [BakeEntry(attributes)]
    }

    private static func output(_ text: String) throws(BakeValueError) -> BakeEntry {
        let fields = try fields(text)
        if fields == [text], !text.hasPrefix("type=") {
            return BakeEntry(["type": text == "-" ? "tar" : "local", "dest": text])
        }
        var attributes: [String: String] = [:]
        for field in fields {
            let (key, value) = try pair(field)
            attributes[key.lowercased().trimmed] = value
        }
        return try checkedOutput(attributes)
    }

    /// An output with a type; an empty destination is none.
    static func checkedOutput(_ attributes: [String: String]) throws(BakeValueError) -> BakeEntry {
        guard attributes["type"]?.isEmpty == false else { throw BakeValueError("type is required for output") }
        var attributes = attributes
        if attributes["dest"]?.isEmpty == true { attributes["dest"] = nil }
        return BakeEntry(attributes)
    }

    private static func secret(_ text: String) throws(BakeValueError) -> BakeEntry {
        var attributes: [String: String] = [:]
        var type = ""
        for field in try fields(text) {
            guard let (name, value) = field.cut(at: "=") else {
                throw BakeValueError("invalid field \(field.quoted) of a secret: write KEY=VALUE, e.g. id=NAME")
            }
            switch name.lowercased() {
            case "type" where value == "file" || value == "env": type = value
            case "type": throw BakeValueError("unsupported type \(value.quoted) of a secret: file and env are known")
            case "id": attributes["id"] = value
            case "source", "src": attributes["src"] = value
            case "env": attributes["env"] = value
            default:
                let meant = nearest(to: name, among: ["id", "src", "source", "env", "type"])
                throw BakeValueError(
                    "unexpected key \(name.quoted) of a secret" + (meant.map { " (did you mean \($0)?)" } ?? "")
                )
            }
        }
        if type == "env", attributes["env", default: ""].isEmpty {
            attributes["env"] = attributes["src"]
            attributes["src"] = nil
        }
        return BakeEntry(attributes.filter { !$0.value.isEmpty })
    }

    private static func ssh(_ text: String) -> BakeEntry {
        guard let (id, paths) = text.cut(at: "=") else { return BakeEntry(["id": text]) }
        return BakeEntry(id.isEmpty ? [:] : ["id": id], paths: paths.pieces(at: ","))
    }

    /// A policy of `KEY=VALUE` fields.
    static func policy(_ fields: [String]) throws(BakeValueError) -> BakeEntry {
        var entry = BakeEntry([:])
        for field in fields {
            let (name, value) = try pair(field)
            let key = name.lowercased().trimmed
            switch key {
            case "filename" where !value.isEmpty: entry.paths.append(value)
            case "reset", "disabled", "strict": entry.attributes[key] = try flag(value, in: field)
            case "log-level": entry.attributes[key] = try level(value, in: field)
            default: throw BakeValueError("invalid value \(field.quoted) of a policy")
            }
        }
        return entry
    }

    private static func level(_ value: String, in field: String) throws(BakeValueError) -> String {
        let word = value.lowercased()
        if word == "warn" { return "warning" }
        guard ["panic", "fatal", "error", "warning", "info", "debug", "trace"].contains(word) else {
            throw BakeValueError(
                "invalid value \(field.quoted): the levels are panic, fatal, error, warning, info, debug and trace"
            )
        }
        return word
    }

    private static func flag(_ value: String, in field: String) throws(BakeValueError) -> String {
        guard let flag = GoBoolean.parse(value) else {
            throw BakeValueError("invalid value \(field.quoted): it is neither true nor false")
        }
        return flag ? "true" : "false"
    }
}
