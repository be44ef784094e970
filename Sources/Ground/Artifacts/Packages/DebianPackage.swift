import CaissonText

/// What a Debian package says of itself: the fields of its control file.
package struct DebianPackage: Sendable, Hashable {
    /// A field of the control file.
    package struct Field: Sendable, Hashable {
        /// The name, such as `Package`.
        package var name: String
        /// The value; lines that continue it are joined by line feeds.
        package var value: String
    }

    /// What the archive of the package's files has in it.
    package struct Content: Sendable, Hashable {
        /// The paths of the regular files, in their order.
        package var files: [String] = []
        /// How many entries of any kind there are.
        package var entryCount = 0
        /// How many bytes the regular files have.
        package var bytes: Int64 = 0
    }

    /// The version of the format, such as `2.0`.
    package var format: String
    /// The fields, in their order.
    package var fields: [Field]
    /// How the package's files are compressed; nil where they aren't.
    package var compression: CompressionFormat?
    /// What is in it; nil where that wasn't asked for.
    package var content: Content?
    /// What is wrong with it.
    package var problems: [ArtifactProblem] = []

    /// The value of a field, whose name may be in any case.
    package func value(_ name: String) -> String? {
        fields.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// The package's name.
    package var name: String? { value("Package") }
    /// Its version.
    package var version: String? { value("Version") }
    /// Its architecture in Debian's word, such as `amd64`, or `all`.
    package var architecture: String? { value("Architecture") }
    /// What it depends on: alternatives are kept together, as in `a (>= 1) | b`.
    package var depends: [String] {
        (value("Depends") ?? "").pieces(at: ",").map(\.trimmed).filter { !$0.isEmpty }
    }
}

extension DebianPackage {
    private static let mostFields = 1000

    /// Reads the paragraph of a control file (deb822): `Name: value`, and lines that begin with a blank go on with it.
    static func fields(_ bytes: [UInt8]) throws(ArtifactProblem) -> [Field] {
        var fields: [Field] = []
        for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
            let text = String(decoding: line, as: UTF8.self)
            if line.first == 0x20 || line.first == 0x09 {
                guard let last = fields.indices.last else { throw .damaged("its control file begins in a field") }
                fields[last].value += "\n" + text.trimmed
            } else if !text.trimmed.isEmpty {
                guard let (name, value) = text.cut(at: ":") else {
                    throw .damaged("its control file has a line that is no field")
                }
                guard fields.count < mostFields else { throw .tooMany("control fields", mostFields) }
                fields.append(Field(name: name.trimmed, value: value.trimmed))
            }
        }
        return fields
    }
}
