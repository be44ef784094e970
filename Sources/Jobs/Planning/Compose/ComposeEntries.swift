import CaissonBuildModel
import CaissonText

/// Reads the texts in which compose files write caches, secrets, agents, outputs and attestations.
enum ComposeEntries {
    /// Why a text isn't what it was taken for.
    struct Failure: Error {
        var message: String
    }

    /// Caches: each text is `type=…,…`, or one or more references of a registry.
    static func caches(_ text: String) throws(Failure) -> [ComposeTarget.Cache] {
        guard !text.isEmpty else { return [] }
        let fields = try fields(of: text, "cache")
        guard text.utf8.contains(UInt8(ascii: "=")) else { return fields.map { ["type": "registry", "ref": $0] } }
        if fields.count == 1, fields[0].cut(at: "=") == nil { return [["type": "registry", "ref": fields[0]]] }
        var cache: [String: String] = [:]
        for (key, value) in try pairs(fields, of: text, "cache") { cache[key.lowercased()] = value }
        guard cache["type"]?.isEmpty == false else {
            throw Failure(message: "the cache \(text.quoted) has no type; write type=registry,ref=NAME")
        }
        return [cache]
    }

    /// A secret: `id=NAME[,src=FILE|,env=VARIABLE][,type=file|env]`.
    static func secret(_ text: String) throws(Failure) -> ComposeTarget.Secret {
        var secret = ComposeTarget.Secret(id: "", file: "", variable: "")
        var type = ""
        for (key, value) in try pairs(try fields(of: text, "secret"), of: text, "secret") {
            switch key.lowercased() {
            case "id": secret.id = value
            case "src", "source": secret.file = value
            case "env": secret.variable = value
            case "type" where value == "file" || value == "env": type = value
            case "type":
                throw Failure(
                    message: "the secret \(text.quoted) has an unknown type \(value.quoted); write file or env"
                )
            default:
                throw Failure(
                    message: "the secret \(text.quoted) has an unknown key \(key.quoted); write id, src or env"
                )
            }
        }
        if type == "env", secret.variable.isEmpty { (secret.variable, secret.file) = (secret.file, "") }
        return secret
    }

    /// An agent or keys: `NAME[=PATH,…]`.
    static func ssh(_ text: String) -> ComposeTarget.SSH {
        guard let (id, paths) = text.cut(at: "=") else { return ComposeTarget.SSH(id: text, paths: []) }
        return ComposeTarget.SSH(id: id, paths: paths.pieces(at: ","))
    }

    /// An output: `type=…,dest=…,…`, a directory, or `-` for a tar file to the terminal.
    static func output(_ text: String) throws(Failure) -> ComposeTarget.Output {
        if text == "-" { return ComposeTarget.Output(type: "tar", destination: "-", attributes: [:]) }
        let fields = try fields(of: text, "output")
        if fields == [text], !text.hasPrefix("type=") {
            return ComposeTarget.Output(type: "local", destination: text, attributes: [:])
        }
        var output = ComposeTarget.Output(type: "", destination: "", attributes: [:])
        for (key, value) in try pairs(fields, of: text, "output") {
            switch key.trimmed.lowercased() {
            case "type": output.type = value
            case "dest": output.destination = value
            case let key: output.attributes[key] = value
            }
        }
        guard !output.type.isEmpty else {
            throw Failure(message: "the output \(text.quoted) has no type; write type=docker, image, local, oci or tar")
        }
        return output
    }

    /// An attestation of that type: a boolean, or its attributes.
    static func attestation(_ type: String, _ text: String) throws(Failure) -> ComposeTarget.Attestation? {
        guard !text.isEmpty else { return nil }
        if let isWanted = GoBoolean.parse(text) {
            return ComposeTarget.Attestation(type: type, isDisabled: !isWanted, attributes: [:])
        }
        var attestation = ComposeTarget.Attestation(type: type, isDisabled: false, attributes: [:])
        for (key, value) in try pairs(try fields(of: text, type), of: text, type) {
            switch key.trimmed.lowercased() {
            case "type": attestation.type = value
            case "disabled":
                guard let isDisabled = GoBoolean.parse(value) else {
                    throw Failure(message: "\(type): disabled is true or false, not \(value.quoted)")
                }
                attestation.isDisabled = isDisabled
            default: attestation.attributes[key] = value
            }
        }
        guard !attestation.type.isEmpty else { throw Failure(message: "\(type): the type is empty; leave it out") }
        return attestation
    }

    /// The entries, each once: of equal ones the first stays, and the last of all takes the other's place, as in buildx.
    static func distinct<Entry: Hashable>(_ entries: [Entry]) -> [Entry] {
        var entries = entries
        var places: [Entry: Int] = [:]
        for index in entries.indices.reversed() {
            let entry = entries[index]
            if let other = places[entry], let last = entries.popLast(), other < entries.count {
                entries[other] = last
                places[last] = other
            }
            places[entry] = index
        }
        return entries
    }

    private static func fields(of text: String, _ what: String) throws(Failure) -> [String] {
        guard let fields = CommaFields.parse(text) else {
            throw Failure(message: "the \(what) \(text.quoted) has quotes that don't match")
        }
        return fields
    }

    private static func pairs(
        _ fields: [String],
        of text: String,
        _ what: String
    ) throws(Failure) -> [(key: String, value: String)] {
        var pairs: [(String, String)] = []
        for field in fields {
            guard let (key, value) = field.cut(at: "=") else {
                throw Failure(message: "the \(what) \(text.quoted) has \(field.quoted) without \"=\"; write KEY=VALUE")
            }
            pairs.append((key, value))
        }
        return pairs
    }
}

/// Sizes as docker reads and shows them.
enum ComposeSize {
    /// The bytes that a text means, such as `64m`; nil where it means none.
    static func parse(_ text: String) -> Int64? {
        let bytes = Array(text.utf8)
        guard let last = bytes.lastIndex(where: { $0.isDigit || $0 == 0x2E || $0 == 0x20 }) else { return nil }
        let end = bytes[last] == 0x20 ? last : last + 1
        let number = String(decoding: bytes[..<end], as: UTF8.self)
        let unit = String(decoding: bytes[(last + 1)...], as: UTF8.self).lowercased()
        guard number.utf8.allSatisfy({ $0.isDigit || "+-.eE".utf8.contains($0) }), let count = Double(number),
            count >= 0
        else { return nil }
        guard
            let shift = ["": 0, "b": 0, "k": 10, "m": 20, "g": 30, "t": 40, "p": 50][unit.isEmpty ? "" : base(of: unit)]
        else { return nil }
        let size = count * Double(Int64(1) << Int64(shift))
        return size < 9.2e18 ? Int64(size) : nil
    }

    /// A unit's letter, when nothing but `b` or `ib` follows it.
    private static func base(of unit: String) -> String {
        let letter = String(unit.prefix(1))
        let rest = unit.dropFirst()
        return rest.isEmpty || letter != "b" && (rest == "b" || rest == "ib") ? letter : "?"
    }

    /// The size in the largest unit that leaves a whole part, with four digits at most.
    static func text(_ bytes: Int64) -> String {
        let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
        var (size, unit) = (Double(bytes), 0)
        while size >= 1024, unit < units.count - 1 {
            size /= 1024
            unit += 1
        }
        var decimals = size < 10 ? 3 : size < 100 ? 2 : size < 1000 ? 1 : 0
        var scaled = rounded(size, decimals)
        // What rounds up to one more digit before the point has one less behind it.
        if scaled >= 10_000, decimals > 0 {
            decimals -= 1
            scaled = rounded(size, decimals)
        }
        let digits = "\(scaled)"
        let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        let fraction = String(padded.suffix(decimals)).trimmedZeros
        return padded.dropLast(decimals) + (fraction.isEmpty ? "" : ".\(fraction)") + units[unit]
    }

    private static func rounded(_ size: Double, _ decimals: Int) -> Int {
        let scale = [1.0, 10, 100, 1000][decimals]
        return Int((size * scale).rounded(.toNearestOrEven))
    }
}

extension String {
    /// The text without zeros at its end.
    fileprivate var trimmedZeros: String {
        var text = self
        while text.hasSuffix("0") { text.removeLast() }
        return text
    }
}
