import CaissonJSON
import CaissonBuildModel

/// A statement of SLSA on how a result came about, as `--metadata-file` has it: in the form 0.2, as docker buildx writes it
/// whatever the engine made (docker/buildx build/provenance.go).
struct Provenance: Sendable {
    /// How an attestation of this kind is called: a prefix of `in-toto.io/predicate-type`.
    static let predicatePrefix = "https://slsa.dev/provenance/"
    private static let second = predicatePrefix + "v1"

    /// The predicate.
    let json: JSON

    /// Reads what the engine keeps.
    /// - Throws: `JSONError` or `ParseError` where it is no predicate.
    init(_ bytes: [UInt8], type: String, detail: ProvenanceDetail) throws {
        let own = try JSON(parsing: bytes)
        guard own.isObject else { throw ParseError("provenance", "", "it is no object") }
        let whole = type == Self.second ? Self.converted(own) : own
        guard detail != .max, let members = whole.members else {
            json = whole
            return
        }
        json = .object(members.filter { $0.name != "buildConfig" && $0.name != "metadata" })
    }

    /// The form 1 in the words of 0.2 (moby/buildkit solver/llbsolver/provenance/types: `ConvertToSLSA02`).
    private static func converted(_ own: JSON) -> JSON {
        let definition = own["buildDefinition"]
        let (external, inner) = (definition?["externalParameters"], definition?["internalParameters"])
        var members = [
            JSONMember("builder", .object(["id"], of: own["runDetails"]?["builder"])),
            JSONMember("buildType", .string("https://mobyproject.org/buildkit@v1")),
        ]
        if let dependencies = definition?["resolvedDependencies"]?.array {
            members.append(JSONMember("materials", .array(dependencies.map { .object(["uri", "digest"], of: $0) })))
        }
        let source = external?["configSource"]
        var entry = JSON.object(["uri", "digest"], of: source).members ?? []
        if let path = source?["path"] { entry.append(JSONMember("entryPoint", path)) }
        var environment = [JSONMember("platform", inner?["builderPlatform"] ?? .string(""))]
        if let version = inner?["dockerfileVersion"] { environment.append(JSONMember("dockerfileVersion", version)) }
        members.append(
            JSONMember(
                "invocation",
                .object([
                    JSONMember("configSource", .object(entry)),
                    JSONMember("parameters", external?["request"] ?? .object([])),
                    JSONMember("environment", .object(environment)),
                ])
            )
        )
        if let config = inner?["buildConfig"] { members.append(JSONMember("buildConfig", config)) }
        if let metadata = own["runDetails"]?["metadata"] {
            members.append(JSONMember("metadata", Self.metadata(metadata)))
        }
        return .object(members)
    }

    private static func metadata(_ own: JSON) -> JSON {
        let complete = own["buildkit_completeness"]
        let names = [
            ("buildInvocationID", own["invocationId"] ?? own["invocationID"]), ("buildStartedOn", own["startedOn"]),
            ("buildFinishedOn", own["finishedOn"]),
            (
                "completeness",
                .object([
                    JSONMember("parameters", complete?["request"] ?? .bool(false)),
                    JSONMember("environment", .bool(true)),
                    JSONMember("materials", complete?["resolvedDependencies"] ?? .bool(false)),
                ])
            ),
            ("reproducible", own["buildkit_reproducible"] ?? .bool(false)),
            ("https://mobyproject.org/buildkit@v1#metadata", own["buildkit_metadata"]),
            ("https://mobyproject.org/buildkit@v1#hermetic", own["buildkit_hermetic"]),
        ]
        return .object(names.compactMap { name, value in value.map { JSONMember(name, $0) } })
    }
}

extension JSON {
    /// An object of some of another's members, in this order.
    fileprivate static func object(_ names: [String], of other: JSON?) -> JSON {
        .object(names.compactMap { name in other?[name].map { JSONMember(name, $0) } })
    }
}
