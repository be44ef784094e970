import CaissonText

extension ExportSpec {
    private static let form = "type=local|tar|oci|docker|image|registry|cacheonly[,KEY=VALUE…], a directory, or -"
    private static let types = ["local", "tar", "oci", "docker", "image", "registry", "cacheonly"]

    /// Reads `type=TYPE[,KEY=VALUE…]` with `"` around fields that hold a comma, `PATH` for `type=local,dest=PATH`, or `-`
    /// for `type=tar,dest=-`.
    public init(parsing text: String) throws(ParseError) {
        guard !text.isEmpty else { throw Self.wrong(text, "it is empty") }
        guard !text.utf8.contains(0) else { throw Self.wrong(text, "it has a NUL character") }
        guard let fields = CommaFields.parse(text) else { throw Self.wrong(text, "its quotes don't match") }
        guard fields.count > 1 || fields[0] != text || text.hasPrefix("type=") else {
            self = try Self.short(text)
            return
        }
        var attributes = try Self.pairs(fields, of: text)
        guard let type = attributes.removeValue(forKey: "type"), !type.isEmpty else {
            throw Self.wrong(text, "type is missing")
        }
        guard Self.types.contains(type) else {
            let hint = nearest(to: type, among: Self.types).map { " (did you mean \($0)?)" } ?? ""
            throw Self.wrong(text, "unknown type \(type.quoted)\(hint)")
        }
        let problem = ExportAttributeRules.problem(in: attributes, type: type)
        if let problem { throw Self.wrong(text, problem) }
        self = try Self.make(type: type, attributes: attributes, text: text)
    }

    private static func wrong(_ text: String, _ problem: String) -> ParseError {
        ParseError("output", text, problem, expected: form)
    }

    private static func short(_ text: String) throws(ParseError) -> ExportSpec {
        guard text != "-" else { return .tar(.standardOutput, attributes: [:]) }
        if let (key, _) = text.cut(at: "="), ["dest", "name", "push", "type"].contains(key.trimmed.lowercased()) {
            throw wrong(text, "type is missing (a directory of this name is written ./\(text))")
        }
        return .local(directory: text, attributes: [:])
    }

    private static func pairs(_ fields: [String], of text: String) throws(ParseError) -> [String: String] {
        var attributes: [String: String] = [:]
        for field in fields {
            guard let (rawKey, value) = field.cut(at: "=") else { throw wrong(text, "\(field.quoted) has no '='") }
            // The name of an annotation is the user's own: its case is kept.
            let key = rawKey.hasPrefix("annotation") ? rawKey.trimmed : rawKey.trimmed.lowercased()
            guard attributes.updateValue(value, forKey: key) == nil else {
                throw wrong(text, "\(key.quoted) is given twice")
            }
        }
        return attributes
    }

    private static func make(
        type: String,
        attributes: [String: String],
        text: String
    ) throws(ParseError) -> ExportSpec {
        let isPushed = attributes.boolean("push")
        let destination = attributes["dest"] ?? ""
        var attributes = ExportAttributes(attributes.filter { $0.key != "push" && $0.key != "dest" })
        let file: ExportFile = destination == "-" ? .standardOutput : .path(destination)
        switch type {
        case "local":
            guard !destination.isEmpty else { throw wrong(text, "type=local needs dest=DIRECTORY") }
            guard destination != "-" else { throw wrong(text, "a directory can't go to standard output; use type=tar") }
            return .local(directory: destination, attributes: attributes)
        case "tar":
            return .tar(destination.isEmpty ? .standardOutput : file, attributes: attributes)
        case "oci", "docker":
            let isDirectory = attributes.isDirectory
            guard !isDirectory || !["", "-"].contains(destination) else {
                throw wrong(text, "tar=false needs dest=DIRECTORY, which the image's files go into")
            }
            attributes.isDirectory = isDirectory
            guard type == "oci" else { return .docker(destination.isEmpty ? nil : file, attributes: attributes) }
            return .oci(destination.isEmpty ? .standardOutput : file, attributes: attributes)
        case "registry":
            guard isPushed ?? true else {
                throw wrong(text, "type=registry always pushes; use type=image with push=false")
            }
            attributes["unpack"] = attributes["unpack"] ?? "false"
            return .image(attributes: attributes, isPushed: true)
        case "image":
            return .image(attributes: attributes, isPushed: isPushed ?? false)
        default:
            return .cacheOnly
        }
    }
}

extension ExportSpec: CustomStringConvertible {
    /// The form with `type=` and the attributes in the order of their names.
    public var description: String {
        switch self {
        case .image(let attributes, let isPushed):
            Self.record("image", isPushed ? ["push=true"] : [], attributes)
        case .local(let directory, let attributes): Self.record("local", ["dest=\(directory)"], attributes)
        case .tar(let file, let attributes): Self.record("tar", ["dest=\(file)"], attributes)
        case .oci(let file, let attributes): Self.record("oci", ["dest=\(file)"], attributes)
        case .docker(let file, let attributes): Self.record("docker", file.map { ["dest=\($0)"] } ?? [], attributes)
        case .cacheOnly: "type=cacheonly"
        }
    }

    private static func record(_ type: String, _ first: [String], _ attributes: ExportAttributes) -> String {
        let rest = attributes.values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        return CommaFields.join(["type=\(type)"] + first + rest)
    }
}

extension ExportFile: CustomStringConvertible {
    /// The path, or `-`.
    public var description: String {
        switch self {
        case .standardOutput: "-"
        case .path(let path): path
        }
    }
}
