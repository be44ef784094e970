import CaissonBuildModel
import CaissonJSON

extension BuildRecord {
    /// The record for a bundle; that it is kept whatever its age is this machine's concern.
    var json: JSON {
        .object([
            ("submission", submission.json), ("status", .string(status.rawValue)),
            ("reason", reason.map { .string($0) }), ("engine", engine.map { .string($0) }),
            ("started", started.map { .time($0) }), ("duration", duration.map { .span($0) }),
            ("ended", ended.map { .time($0) }), ("attempts", .count(Int64(attempts))), ("steps", .count(Int64(steps))),
            ("completed", .count(Int64(completedSteps))), ("cached", .count(Int64(cachedSteps))),
            ("log", .count(logSize)), ("sent", .count(traffic.sent)), ("pulled", .count(traffic.pulled)),
            ("images", .list(images, \.json)), ("statistics", statistics?.json),
        ])
    }

    /// Reads a record; nil where it names no build.
    init?(bundled json: JSON) {
        guard let submission = json["submission"].flatMap({ BuildSubmission(bundled: $0) }),
            let status = json["status"]?.string.flatMap({ BuildStatus(rawValue: $0) })
        else { return nil }
        self.init(submission)
        // Nothing runs of what is read from a file.
        self.status = status.isFinal ? status : .interrupted
        reason = json["reason"]?.string
        engine = json["engine"]?.string
        started = json["started"]?.time
        duration = json["duration"]?.span
        ended = json["ended"]?.time
        attempts = json["attempts"].count
        steps = json["steps"].count
        completedSteps = json["completed"].count
        cachedSteps = json["cached"].count
        logSize = json["log"].size
        traffic.sent = json["sent"].size
        traffic.pulled = json["pulled"].size
        images = json["images"].items.map { ImageArtifact(bundled: $0) }
        statistics = json["statistics"].map { BuildStatistics(bundled: $0) }
    }
}

extension ImageArtifact {
    /// The image for a bundle.
    var json: JSON {
        .object([
            ("names", .texts(names)), ("digest", digest.map { .string($0) }), ("id", id.map { .string($0) }),
            ("pushed", .flag(isPushed)),
        ])
    }

    /// Reads an image.
    init(bundled json: JSON) {
        self.init(
            names: json["names"].list,
            digest: json["digest"]?.string,
            id: json["id"]?.string,
            isPushed: json["pushed"].isTrue
        )
    }
}

extension BuildStatistics {
    fileprivate var json: JSON {
        .object([
            ("size", imageSize.map { .integer($0) }), ("packed", .flag(isImageSizePacked)),
            ("layers", layers.map { .integer(Int64($0)) }), ("steps", .integer(Int64(steps))),
            ("cached", .integer(Int64(cachedSteps))), ("duration", .span(duration)),
        ])
    }

    fileprivate init(bundled json: JSON) {
        self.init()
        imageSize = json["size"]?.integer
        isImageSizePacked = json["packed"].isTrue
        layers = json["layers"]?.integer.map { _ in json["layers"].count }
        steps = json["steps"].count
        cachedSteps = json["cached"].count
        duration = json["duration"]?.span ?? .zero
    }
}

extension StepRecord {
    /// The step for a bundle.
    var json: JSON {
        .object([
            ("number", .integer(Int64(number))), ("digest", .string(digest)), ("name", .string(name)),
            ("inputs", .list(inputs) { .integer(Int64($0)) }), ("started", started.map { .time($0) }),
            ("completed", completed.map { .time($0) }), ("cached", .flag(isCached)),
            ("error", error.isEmpty ? nil : .string(error)), ("log", .count(logSize)),
        ])
    }

    /// Reads a step; nil where it has no number.
    init?(bundled json: JSON) {
        guard let number = json["number"]?.integer, (1...Int64(Int32.max)).contains(number) else { return nil }
        self.init(Int(number), digest: json["digest"]?.string ?? "", name: json["name"]?.string ?? "")
        inputs = json["inputs"].items.map(\.count)
        started = json["started"]?.time
        completed = json["completed"]?.time
        isCached = json["cached"].isTrue
        error = json["error"]?.string ?? ""
        logSize = json["log"].size
    }
}
