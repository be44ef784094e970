import CaissonBuildModel
import CaissonText

/// A step with its name taken apart.
struct MissStep: Sendable {
    let record: StepRecord
    let name: StepName
    /// The digest of an image that the name ends in, also of one that isn't a stage's base.
    let imageDigest: String?
    /// What tells the step from others of its build and finds it in earlier ones.
    let identity: String

    init(_ record: StepRecord) {
        self.record = record
        let name = StepName(record.name)
        self.name = name
        if let digest = name.baseDigest {
            imageDigest = digest
            identity = name.identity
        } else if name.isInternal, let at = Self.digestStart(in: record.name) {
            imageDigest = String(record.name.utf8[at...].dropFirst())
            identity = String(record.name.utf8[..<at]) ?? name.identity
        } else {
            imageDigest = nil
            identity = name.identity
        }
    }

    /// Where the last `@sha256:` stands.
    private static func digestStart(in text: String) -> String.Index? {
        let wanted = "@sha256:"
        guard let at = text.utf8.lastIndex(of: UInt8(ascii: "@")) else { return nil }
        return text.utf8[at...].starts(with: wanted.utf8) ? at : nil
    }

    /// The instruction, taken apart.
    var instruction: StepInstruction { StepInstruction(name.instruction) }

    /// Whether it stands for an image that is taken as it is.
    var isImage: Bool { name.keyword == "FROM" || imageDigest != nil }

    /// The image without its digest.
    var image: String {
        guard name.keyword == "FROM" else { return identity }
        return String(name.instruction.dropFirst("FROM ".count))
    }

    /// The name of the context whose files it gets from this machine; nil for all other steps.
    ///
    /// Its digest is another in each build, and so are those of all steps that build on it: BuildKit writes a random id
    /// into it (`AttrLocalUniqueID` in `client/llb/source.go`).
    var localContext: String? {
        guard name.isInternal else { return nil }
        if record.name == "[internal] load build context" { return "context" }
        guard name.stage.hasPrefix("context "), name.instruction == "load from client" else { return nil }
        return String(name.stage.dropFirst("context ".count))
    }

    /// The stage's name without platforms; empty where it has none.
    var stageName: String {
        name.stage.pieces(at: " ").last { !$0.utf8.contains(UInt8(ascii: "/")) } ?? ""
    }

    /// Whether it began.
    var hasRun: Bool { record.started != nil || record.completed != nil }

    /// Why the engine does it anew each time; nil for steps that the cache may spare.
    var reasonForNoCache: String? {
        guard name.isInternal else { return nil }
        if localContext != nil { return "files are compared with those that the engine has, in each build" }
        if record.name.hasPrefix("exporting") || record.name.hasPrefix("[auth]") || record.name.hasPrefix("importing") {
            return "what goes in or out of the engine is no step of the Dockerfile"
        }
        return isImage ? nil : "the engine does it in each build"
    }
}

extension StepRecord {
    /// Whether it has a result that a later build could use.
    var endedWell: Bool { isCached || completed != nil && error.isEmpty }
}
