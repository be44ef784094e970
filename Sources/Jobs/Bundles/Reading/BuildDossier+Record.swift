import CaissonBuildModel
import CaissonJSON
import CaissonText

/// What the record of BuildKit tells of a build that Caisson didn't make.
extension BuildDossier {
    /// Reads a record; nil where it has no reference or no time.
    init?(record json: JSON, _ found: StepCollector, _ failure: FailureDetails) {
        guard let reference = json["Ref"]?.string, !reference.isEmpty, let created = json["CreatedAt"]?.recordTime
        else { return nil }
        // Identities of BuildKit are like ours; another gets one that is always the same.
        let id = BuildID(reference) ?? Self.id(of: reference)
        var record = BuildRecord(BuildSubmission(record: json, id, at: created))
        record.started = created
        record.ended = json["CompletedAt"]?.recordTime
        record.duration = record.ended.map { .seconds(min(max(0, $0.seconds(since: created)), 1e12)) }
        record.engine = "BuildKit"
        record.attempts = 1
        record.steps = max(json["numTotalSteps"].count, found.steps.count)
        record.completedSteps = json["numCompletedSteps"].count
        record.cachedSteps = json["numCachedSteps"].count
        record.logSize = found.logSize
        record.images = Self.images(json)
        record.status = Self.status(json)
        let message = json["error"]?["message"]?.string
        record.reason = record.status == .succeeded ? nil : message
        self.init(record)
        steps = found.steps
        artifacts = record.images.map { .image($0) }
        remarks = found.warnings.map { BuildRemark(record.ended ?? created, $0) }
        guard let message, record.status != .succeeded else { return }
        error = BuildError(Self.code(record.status, failure), message, excerpts: failure.excerpts)
        if let step = steps.first(where: { $0.digest == failure.vertex }) {
            error?.step = FailedStep(vertex: step.digest, name: step.name, exitCode: failure.exitCode)
        }
    }

    private static func id(of reference: String) -> BuildID {
        let text = String(ContentDigest(of: Array(reference.utf8)).hex.prefix(25))
        return BuildID(text) ?? BuildID()
    }

    private static func status(_ json: JSON) -> BuildStatus {
        guard let error = json["error"] else { return json["CompletedAt"] == nil ? .interrupted : .succeeded }
        // By google.golang.org/grpc/codes.
        return switch error["code"]?.integer {
        case 1: .cancelled
        case 4: .timedOut
        default: .failed
        }
    }

    private static func code(_ status: BuildStatus, _ failure: FailureDetails) -> BuildError.Code {
        switch status {
        case .cancelled: .cancelled
        case .timedOut: .deadlineExceeded
        default: failure.vertex.isEmpty ? .engine : .step
        }
    }

    private static func images(_ json: JSON) -> [ImageArtifact] {
        let response = json["ExporterResponse"]
        let kinds = ["image", "docker", "oci", "moby"]
        let exporters = json["Exporters"].items.filter { kinds.contains($0["Type"]?.string ?? "") }
        let told = response?["image.name"]?.string ?? exporters.first?["Attrs"]?["name"]?.string ?? ""
        let names = told.pieces(at: ",").filter { !$0.isEmpty }
        let result = json["Result"]?["Results"]?.members?.first?.value ?? json["Result"]?["ResultDeprecated"]
        let digest = response?["containerimage.digest"]?.string ?? result?["digest"]?.string
        guard digest != nil, !exporters.isEmpty else { return [] }
        let isPushed = exporters.contains { $0["Attrs"]?["push"]?.string == "true" }
        return [ImageArtifact(names: names, digest: digest, id: nil, isPushed: isPushed)]
    }
}

extension BuildSubmission {
    /// What was asked for, without values that look like secrets.
    fileprivate init(record json: JSON, _ id: BuildID, at time: Timestamp) {
        self.init(id, .build, at: time)
        let attributes = json["FrontendAttrs"]?.texts ?? [:]
        let local = json["localState"]
        target = attributes["target"] ?? local?["Target"]?.string.flatMap { $0 == "default" ? nil : $0 }
        dockerfile = attributes["filename"]
        context = (attributes["context"] ?? local?["LocalPath"]?.string).map(ConfidentialName.withoutValues)
        platforms = (attributes["platform"] ?? "").pieces(at: ",").filter { !$0.isEmpty }
        let exporter = json["Exporters"].items.first { $0["Attrs"]?["name"]?.string?.isEmpty == false }
        images = exporter?["Attrs"]?["name"]?.string?.pieces(at: ",") ?? []
        revision = SourceRevision(attributes: attributes)
        let parts = [("args", "build-arg:"), ("labels", "label:"), ("contexts", "context:")]
        request = .object(
            parts.map { name, prefix in (name, Self.values(attributes, prefix)) }
                + [("no-cache", .flag(attributes["no-cache"] == ""))]
        )
    }

    private static func values(_ attributes: [String: String], _ prefix: String) -> JSON? {
        var values: [String: String] = [:]
        for (name, value) in attributes where name.hasPrefix(prefix) {
            let name = String(name.dropFirst(prefix.count))
            values[name] = ConfidentialName.matches(name) ? "***" : ConfidentialName.withoutPasswords(in: value)
        }
        return values.isEmpty ? nil : JSON(values)
    }
}

extension SourceRevision {
    fileprivate init?(attributes: [String: String]) {
        self.init()
        source = attributes["vcs:source"].map(ConfidentialName.withoutValues)
        commit = attributes["vcs:revision"]
        context = attributes["vcs:localdir:context"]
        dockerfile = attributes["vcs:localdir:dockerfile"]
        guard self != SourceRevision() else { return nil }
    }
}

extension JSON {
    /// A time as Go writes `timestamppb.Timestamp` by its own JSON; zeros are left out.
    fileprivate var recordTime: Timestamp? {
        guard isObject else { return nil }
        let nanoseconds = Int32(clamping: self["nanos"]?.integer ?? 0)
        return Timestamp(seconds: self["seconds"]?.integer ?? 0, nanoseconds: nanoseconds)
    }
}
