package import CaissonHCL
import CaissonText

/// A file of a bake definition: its name and its bytes.
package struct BakeFile: Sendable {
    /// What a file can be, as far as its name tells.
    package enum Kind: Sendable {
        /// A compose file.
        case compose
        /// A bake file in HCL.
        case hcl
        /// A bake file in JSON.
        case json
        /// Any of them: it is tried as compose, then as HCL, then as JSON.
        case unknown
    }

    /// How large a file may be, in bytes.
    package static let largest = 2 << 20

    /// The files that are looked for when none is named, compose files first; all that exist are merged in this order.
    package static let defaultNames = [
        "compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml",
        "docker-bake.json", "docker-bake.hcl", "docker-bake.override.json", "docker-bake.override.hcl",
    ]

    /// The files that `BUILDX_BAKE_FILE` names, which are read where the command line names none.
    ///
    /// Between them stands a colon, or what `BUILDX_BAKE_PATH_SEPARATOR` says. Empty where none is named.
    package static func names(in environment: [String: String]) -> [String] {
        guard let text = environment["BUILDX_BAKE_FILE"] else { return [] }
        let separator = environment["BUILDX_BAKE_PATH_SEPARATOR"].flatMap { $0.isEmpty ? nil : $0 } ?? ":"
        var names: [String] = []
        var rest = Array(text.utf8)[...]
        while true {
            let end = rest.indices.first { rest[$0...].starts(with: separator.utf8) } ?? rest.endIndex
            names.append(String(decoding: rest[..<end], as: UTF8.self).trimmed)
            guard end < rest.endIndex else { break }
            rest = rest[end...].dropFirst(separator.utf8.count)
        }
        return names.filter { !$0.isEmpty }
    }

    /// The name: a path, or `-` for standard input.
    package var name: String
    /// The contents.
    package var bytes: [UInt8]

    /// Makes a file.
    package init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }

    /// What the file is, told by its name.
    package var kind: Kind {
        let name = name.lowercased()
        if name.hasSuffix(".yml") || name.hasSuffix(".yaml") { return .compose }
        if self.name.hasSuffix(".json") { return .json }
        if self.name.hasSuffix(".hcl") { return .hcl }
        return .unknown
    }

    /// What the file declares, as HCL or JSON, whichever it is; one that is neither has the errors that it has as HCL.
    func parsed() -> (body: HCLBody?, diagnostics: [HCLDiagnostic]) {
        guard bytes.count <= Self.largest else { return (nil, [tooLarge]) }
        if kind == .json { return Self.result(HCLFile(parsingJSON: bytes, name: name)) }
        let file = HCLFile(parsing: bytes, name: name)
        guard kind != .hcl, file.diagnostics.hasErrors else { return Self.result(file) }
        let json = HCLFile(parsingJSON: bytes, name: name)
        return Self.result(json.diagnostics.hasErrors ? file : json)
    }

    private static func result(_ file: HCLFile) -> (body: HCLBody?, diagnostics: [HCLDiagnostic]) {
        (file.body, file.diagnostics)
    }

    private var tooLarge: HCLDiagnostic {
        let detail = "\(name) has \(bytes.count) bytes; a bake file may have \(Self.largest >> 20) MiB. Split it."
        return HCLDiagnostic("File too large", detail, at: nil)
    }
}

/// Everything that is wrong with bake files, or with what is asked of them.
package struct BakeError: Error, Sendable {
    /// What is wrong, in the order in which it was found; never empty.
    package var problems: [HCLDiagnostic]

    init(_ problems: [HCLDiagnostic]) { self.problems = problems }
}

extension BakeError: CustomStringConvertible {
    /// The problems, each with the lines that it is about.
    package var description: String {
        problems.map { $0.excerpt.isEmpty ? $0.description : "\($0)\n\($0.excerpt)" }.joined(separator: "\n")
    }
}

extension [HCLDiagnostic] {
    /// Whether one of them is an error.
    var hasErrors: Bool { contains { $0.severity == .error } }
}
