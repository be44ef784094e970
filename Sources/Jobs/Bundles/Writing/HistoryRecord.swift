import CaissonBuildModel
import CaissonJSON

/// The record of a build as BuildKit has it, in the JSON that Go writes of it: names and order are those of
/// `BuildHistoryRecord` in moby/buildkit api/services/control/control.pb.go, and of `Record` in docker/buildx
/// util/desktop/bundle/export.go.
struct HistoryRecord {
    /// The blobs that the record names.
    struct Blobs {
        /// What the steps told.
        var log: BundleBlob
        /// The spans.
        var trace: BundleBlob
        /// Why it failed; nil where it didn't.
        var failure: BundleBlob?
        /// What goes with it.
        var documents: [BundleBlob]
    }

    private let dossier: BuildDossier
    private let platform: String

    /// Takes a build.
    init(_ build: BundledBuild) {
        dossier = build.dossier
        platform = build.platform
    }

    private var record: BuildRecord { dossier.record }

    /// The record as a blob: the config of its manifest.
    func blob(_ blobs: Blobs) -> BundleBlob {
        let attestations = blobs.documents.filter { $0.type == BundleMediaType.attestation }
        let json = JSON.object([
            ("Ref", .string(record.id.description)), ("Frontend", .string("dockerfile.v0")),
            ("FrontendAttrs", JSON(attributes)), ("Exporters", exporters),
            ("error", status.map { .object([("code", .integer($0.code)), ("message", .string($0.message))]) }),
            ("CreatedAt", Self.time(record.started ?? record.submission.time)),
            ("CompletedAt", Self.time(record.ended ?? record.started ?? record.submission.time)),
            ("logs", blobs.log.recordDescriptor), ("ExporterResponse", response),
            (
                "Result",
                attestations.isEmpty ? nil : .object([("Attestations", .list(attestations, \.recordDescriptor))])
            ),
            ("Generation", .integer(1)), ("trace", blobs.trace.recordDescriptor), ("pinned", .flag(record.isPinned)),
            ("numCachedSteps", Self.number(record.cachedSteps)), ("numTotalSteps", Self.number(record.steps)),
            ("numCompletedSteps", Self.number(record.completedSteps)),
            ("externalError", blobs.failure?.recordDescriptor), ("DefaultPlatform", .string(platform)),
            ("localState", localState),
        ])
        return BundleBlob(BundleMediaType.record, bytes: json.goBytes(indented: true))
    }

    /// The message `google.rpc.Status` that BuildKit keeps of a failure; nil where there was none.
    var failure: BundleBlob? {
        guard let status else { return nil }
        var message = WireWriter()
        message.field(1, status.code)
        message.field(2, status.message)
        return BundleBlob(BundleMediaType.failure, bytes: message.bytes)
    }

    /// The number and words of a failure, by google.golang.org/grpc/codes; nil where there was none.
    private var status: (code: Int64, message: String)? {
        let words = dossier.error?.message ?? record.reason ?? record.status.rawValue
        return switch record.status {
        case .succeeded: nil
        case .cancelled: (1, words)
        case .timedOut: (4, words)
        case .queued, .running, .failed, .skipped, .interrupted: (2, words)
        }
    }

    /// What the front end was asked for, by the names that readers of the record look for.
    private var attributes: [String: String] {
        let submission = record.submission
        var attributes = submission.revision?.attributes ?? [:]
        attributes["filename"] = submission.dockerfile
        attributes["target"] = submission.target
        if isRemote { attributes["context"] = submission.context }
        if !submission.platforms.isEmpty { attributes["platform"] = submission.platforms.joined(separator: ",") }
        for (name, prefix) in [("args", "build-arg:"), ("labels", "label:"), ("contexts", "context:")] {
            for (key, value) in submission.request[name]?.texts ?? [:] { attributes[prefix + key] = value }
        }
        if submission.request["no-cache"].isTrue { attributes["no-cache"] = "" }
        return attributes
    }

    /// Whether the files came from elsewhere than this machine: only then the front end is told where.
    private var isRemote: Bool {
        let context = record.submission.context ?? ""
        return context.contains("://") || context.hasPrefix("git@")
    }

    /// What buildx remembers on this machine and adds to a record: docker/buildx localstate.
    private var localState: JSON? {
        guard !isRemote, let context = record.submission.context else { return nil }
        return .object([
            ("Target", .string(record.submission.target ?? "default")), ("LocalPath", .string(context)),
            ("DockerfilePath", .string(record.submission.dockerfile ?? "")),
        ])
    }

    private var exporters: JSON? {
        let names = record.submission.images
        guard !names.isEmpty else { return nil }
        let attributes = JSON(["name": names.joined(separator: ",")])
        return .array([.object([("Type", .string("image")), ("Attrs", attributes)])])
    }

    private var response: JSON? {
        guard let image = record.images.first else { return nil }
        var texts: [String: String] = [:]
        texts["containerimage.digest"] = image.digest
        texts["containerimage.config.digest"] = image.id == image.digest ? nil : image.id
        if !image.names.isEmpty { texts["image.name"] = image.names.joined(separator: ",") }
        return JSON(texts)
    }

    private static func time(_ time: Timestamp) -> JSON {
        .object([("seconds", .count(time.seconds)), ("nanos", .count(Int64(time.nanoseconds)))])
    }

    /// A number of 32 bits, as the record has them.
    private static func number(_ value: Int) -> JSON? { .count(Int64(Int32(clamping: max(value, 0)))) }
}
