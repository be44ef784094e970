/// The attributes of an output: those that this side acts on as values, all of them by BuildKit's names for the exporter.
///
/// Whether they are right is decided where they are read (`ExportSpec.init(parsing:)`); from there on nobody asks what a
/// text means: `registry.insecure=1` is as true as `registry.insecure=true`, for every engine.
public struct ExportAttributes: Sendable, Hashable {
    /// The attributes by BuildKit's names, such as `compression`, as an exporter gets them.
    public var values: [String: String]

    /// Makes attributes.
    public init(_ values: [String: String] = [:]) {
        self.values = values
    }

    /// One attribute by BuildKit's name.
    public subscript(key: String) -> String? {
        get { values[key] }
        set { values[key] = newValue }
    }

    /// The names of the image: `name`; none where it isn't given.
    ///
    /// - Throws: `ParseError` where one of them is no image's name.
    public func names() throws(ParseError) -> [ImageReference] {
        var names: [ImageReference] = []
        for name in values["name", default: ""].split(separator: ",") {
            names.append(try ImageReference(parsing: String(name)))
        }
        return names
    }

    /// Whether the registry may be spoken to without TLS: `registry.insecure`; nil where nothing is said of it.
    public var isInsecure: Bool? {
        get { values.boolean("registry.insecure") }
        set { values["registry.insecure"] = newValue.map { "\($0)" } }
    }

    /// Whether the image is pushed without a tag: `push-by-digest`.
    public var pushesByDigest: Bool {
        get { values.boolean("push-by-digest") == true }
        set { values["push-by-digest"] = newValue ? "true" : nil }
    }

    /// Whether the layers of the image are unpacked in the engine's store: `unpack`; nil leaves it to the engine.
    public var unpacks: Bool? {
        get { values.boolean("unpack") }
        set { values["unpack"] = newValue.map { "\($0)" } }
    }

    /// Whether the image is written as a directory instead of as an archive: `tar=false`.
    public var isDirectory: Bool {
        get { values.boolean("tar") == false }
        set { values["tar"] = newValue ? "false" : nil }
    }

    /// Whether what the result doesn't have is removed from its directory: `mode=delete`.
    public var isMirror: Bool { values["mode"] == "delete" }

    /// The same, and others where they aren't given yet.
    func adding(_ others: [String: String]) -> ExportAttributes {
        ExportAttributes(values.merging(others) { own, _ in own })
    }

    /// Whether anything is said of the image beside what is in it.
    package var hasAnnotations: Bool { values.keys.contains { $0.hasPrefix("annotation") } }

    /// The first attribute, in the order of the names, that isn't among these.
    package func first(besides known: Set<String>) -> String? {
        values.keys.filter { !known.contains($0) }.min()
    }
}

extension ExportAttributes: ExpressibleByDictionaryLiteral {
    /// Makes attributes of their names and values.
    public init(dictionaryLiteral elements: (String, String)...) {
        values = Dictionary(elements) { _, last in last }
    }
}
