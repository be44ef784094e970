import CaissonBuildModel
import CaissonJSON

/// What is known of a build beside its steps, as the JSON that stands in the database.
struct BuildDetail: Sendable {
    /// What a line of a list needs.
    let record: String
    /// What else its dossier has; nil where that is nothing.
    let dossier: String?

    /// Writes what is known of a build.
    init(_ dossier: BuildDossier) {
        record = Self.text { $0.write(recordOf: dossier.record) }
        let hasMore =
            !dossier.artifacts.isEmpty || !dossier.remarks.isEmpty || !dossier.contexts.isEmpty || dossier.error != nil
        self.dossier = hasMore ? Self.text { $0.write(restOf: dossier) } : nil
    }

    /// How many bytes it takes.
    var size: Int { record.utf8.count + (dossier?.utf8.count ?? 0) }

    /// Reads a record; nil for what is none.
    static func record(_ text: String, isPinned: Bool) -> BuildRecord? {
        guard let json = try? JSON(parsing: Array(text.utf8)),
            let submission = json["submission"].flatMap({ BuildSubmission($0) }),
            let status = json["status"]?.string.flatMap({ BuildStatus(rawValue: $0) })
        else { return nil }
        var record = BuildRecord(submission)
        record.status = status
        record.isPinned = isPinned
        record.reason = json["reason"]?.string
        record.engine = json["engine"]?.string
        record.started = Timestamp(json["started"])
        record.duration = Duration(json["duration"])
        record.ended = Timestamp(json["ended"])
        record.attempts = json["attempts"]?.count ?? 0
        record.steps = json["steps"]?.count ?? 0
        record.completedSteps = json["completed"]?.count ?? 0
        record.cachedSteps = json["cached"]?.count ?? 0
        record.logSize = json["log"]?.size ?? 0
        record.traffic.sent = json["sent"]?.size ?? 0
        record.traffic.pulled = json["pulled"]?.size ?? 0
        record.images = json["images"].items.compactMap { item in
            if case .image(let image)? = BuildArtifact(item) { image } else { nil }
        }
        if case .succeeded(let result)? = json["result"].flatMap({ BuildOutcome($0) }) {
            record.statistics = result.statistics
            record.engineRef = result.ref.isEmpty ? nil : result.ref
        }
        return record
    }

    /// Adds to a dossier what else was known; what can't be read isn't there.
    static func complete(_ dossier: inout BuildDossier, _ text: String) {
        guard let json = try? JSON(parsing: Array(text.utf8)) else { return }
        dossier.artifacts = json["artifacts"].items.compactMap { BuildArtifact($0) }
        dossier.remarks = json["remarks"].items.compactMap { remark in
            Timestamp(remark["t"]).map { BuildRemark($0, remark["text"]?.string ?? "") }
        }
        dossier.contexts = json["contexts"].items.compactMap { ContextChanges($0) }
        if case .failed(let error)? = json["failure"].flatMap({ BuildOutcome($0) }) { dossier.error = error }
    }

    private static func text(_ body: (inout JSONWriter) -> Void) -> String {
        var json = JSONWriter(.report)
        body(&json)
        return json.text
    }
}

extension JSONWriter {
    fileprivate mutating func write(recordOf record: BuildRecord) {
        object { json in
            json.key("submission")
            json.write(record.submission)
            json.member("status", record.status.rawValue)
            json.member("reason", ifAny: record.reason)
            json.member("engine", ifAny: record.engine)
            json.member("started", record.started)
            json.member("duration", record.duration)
            json.member("ended", record.ended)
            json.member("attempts", record.attempts)
            json.member("steps", record.steps)
            json.member("completed", record.completedSteps)
            json.member("cached", record.cachedSteps)
            json.member("log", ifAny: record.logSize == 0 ? nil : record.logSize)
            json.member("sent", ifAny: record.traffic.sent == 0 ? nil : record.traffic.sent)
            json.member("pulled", ifAny: record.traffic.pulled == 0 ? nil : record.traffic.pulled)
            if !record.images.isEmpty { json.list("images", record.images) { $0.write(.image($1) as BuildArtifact) } }
            guard let statistics = record.statistics else { return }
            var result = BuildResult(ref: record.engineRef ?? "")
            result.statistics = statistics
            json.key("result")
            json.write(.succeeded(result) as BuildOutcome)
        }
    }

    private mutating func write(_ remark: BuildRemark) {
        object { json in
            json.member("t", remark.time)
            json.member("text", remark.text)
        }
    }

    fileprivate mutating func write(restOf dossier: BuildDossier) {
        object { json in
            if !dossier.artifacts.isEmpty { json.list("artifacts", dossier.artifacts) { $0.write($1) } }
            if !dossier.remarks.isEmpty { json.list("remarks", dossier.remarks) { $0.write($1) } }
            if !dossier.contexts.isEmpty { json.list("contexts", dossier.contexts) { $0.write($1) } }
            guard let error = dossier.error else { return }
            json.key("failure")
            json.write(.failed(error) as BuildOutcome)
        }
    }
}
