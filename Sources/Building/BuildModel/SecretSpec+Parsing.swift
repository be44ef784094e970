import CaissonText

extension SecretSpec {
    private static let form = "id=NAME[,src=FILE|,env=VARIABLE][,type=file|env][,rotate=true], or NAME"
    private static let keys = ["id", "src", "source", "env", "type", "rotate"]

    /// Reads `id=NAME[,src=FILE|,env=VARIABLE][,type=file|env][,rotate=true]` with `"` around fields that hold a comma, or
    /// `NAME` alone.
    public init(parsing text: String) throws(ParseError) {
        guard !text.utf8.contains(0) else { throw Self.wrong(text, "it has a NUL character") }
        guard let fields = CommaFields.parse(text) else { throw Self.wrong(text, "its quotes don't match") }
        let isNameAlone = fields.count == 1 && !fields[0].utf8.contains(UInt8(ascii: "="))
        try self.init(isNameAlone ? ["id": fields[0]] : try Self.pairs(fields, of: text), of: text)
    }

    private static func pairs(_ fields: [String], of text: String) throws(ParseError) -> [String: String] {
        var values: [String: String] = [:]
        for field in fields {
            guard let (rawKey, value) = field.cut(at: "=") else { throw wrong(text, "a field has no '='") }
            var key = rawKey.trimmed.lowercased()
            guard keys.contains(key) else {
                let hint = nearest(to: key, among: keys).map { " (did you mean \($0)?)" } ?? ""
                throw wrong(text, "unknown field \(key.quoted)\(hint)")
            }
            if key == "source" { key = "src" }
            guard values.updateValue(value, forKey: key) == nil else {
                throw wrong(text, "\(key.quoted) is given twice")
            }
        }
        return values
    }

    private init(_ values: [String: String], of text: String) throws(ParseError) {
        guard let id = values["id"], !id.isEmpty else { throw Self.wrong(text, "id is missing") }
        guard !id.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            throw Self.wrong(text, "the id has control characters")
        }
        let type = values["type"]
        guard type == nil || type == "file" || type == "env" else {
            throw Self.wrong(text, "type is neither file nor env")
        }
        let source = try Self.source(values, type, of: text)
        guard let rotates = Self.flag(values["rotate"] ?? "false") else {
            throw Self.wrong(text, "rotate is neither true nor false")
        }
        self.init(id: id, source: source, rotates: rotates)
    }

    private static func source(
        _ values: [String: String],
        _ type: String?,
        of text: String
    ) throws(ParseError) -> SecretSource {
        let file = values["src"].flatMap { $0.isEmpty ? nil : $0 }
        let variable = values["env"].flatMap { $0.isEmpty ? nil : $0 }
        switch (file, variable, type) {
        case (_?, _?, _): throw wrong(text, "both src and env are given")
        case (nil, _?, "file"): throw wrong(text, "type=file and env contradict each other")
        case (nil, let variable?, _): return .environment(variable)
        // As with buildx, src is the variable's name where the type says so.
        case (let file?, nil, "env"): return .environment(file)
        case (let file?, nil, _): return .file(file)
        case (nil, nil, "env"): return .environment(values["id"] ?? "")
        case (nil, nil, "file"): return .file(values["id"] ?? "")
        case (nil, nil, _): return .automatic
        }
    }

    private static func flag(_ text: String) -> Bool? {
        text.isEmpty ? false : GoBoolean.parse(text.lowercased())
    }

    /// An error whose text shows the values of known fields only: who writes `value=…` has written a secret.
    private static func wrong(_ text: String, _ problem: String) -> ParseError {
        let fields = CommaFields.parse(text) ?? []
        let shown = fields.map { field in
            guard let (key, value) = field.cut(at: "=") else { return fields.count == 1 ? field : "***" }
            let isKnown = keys.contains(key.trimmed.lowercased())
            return isKnown || value.isEmpty ? field : "\(key)=***"
        }
        return ParseError("secret", shown.isEmpty ? "***" : CommaFields.join(shown), problem, expected: form)
    }
}

extension SecretSpec: CustomStringConvertible {
    /// The form with `id=`; a template, which no flag makes, is shown alike.
    public var description: String {
        var fields = ["id=\(id)"]
        switch source {
        case .automatic: break
        case .file(let path): fields.append("src=\(path)")
        case .environment(let name): fields.append("env=\(name)")
        case .template(let path, let secrets):
            fields += ["template=\(path)", "secrets=\(secrets.joined(separator: " "))"]
        }
        if rotates { fields.append("rotate=true") }
        return CommaFields.join(fields)
    }
}
