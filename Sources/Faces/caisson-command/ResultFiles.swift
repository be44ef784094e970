import CaissonBuildModel
import CaissonJSON
import CaissonReporting
import CaissonSystem
import CaissonText
import FoundationEssentials
import Glibc

/// The files that a build's result is told in, beside the outputs themselves.
struct ResultFiles: Sendable {
    /// Where the image's id goes.
    var imageID: String?
    /// Where the metadata go.
    var metadata: String?

    /// Whose file the image's id replaces.
    private var traits: FileTraits?

    /// Names the files.
    init(imageID: String? = nil, metadata: String? = nil) {
        self.imageID = imageID
        self.metadata = metadata
    }

    /// Finds out before the build whether the files can be written, and removes an image id of an earlier build, which
    /// must not be taken for this one's should it fail.
    mutating func prepare() throws(BuildError) {
        for path in [imageID, metadata].compactMap(\.self) { try Self.check(path) }
        guard let imageID, case .regular = PathFacts.kind(of: imageID) else { return }
        let target = PathFacts.followed(imageID)
        traits = FileTraits(of: target)
        if unlink(target.cPath) == 0 { return }
        do throws(Errno) {
            guard FileInPlace.mustKeep(target, after: .last) else { throw .last }
            try FileInPlace.write([], to: target)
        } catch {
            throw BuildError(.output, "can't replace \(imageID.quoted): \(error)")
        }
    }

    /// Finds out whether a file can be written.
    static func check(_ path: String) throws(BuildError) {
        let target = PathFacts.followed(path)
        let parent = PathFacts.split(target).directory
        switch PathFacts.kind(of: target) {
        case .directory: throw BuildError(.output, "can't write \(path.quoted): it is a directory")
        case .stream: return
        case .regular, .missing: break
        }
        guard let refusal = PathFacts.refusal(of: parent, W_OK | X_OK) else { return }
        if FileInPlace.mustKeep(target, after: refusal) { return }
        throw BuildError(.output, "can't write \(path.quoted): \(parent.quoted): \(refusal)")
    }

    /// Writes both, each whole or not at all.
    func write(_ result: BuildResult) throws(BuildError) {
        if let imageID {
            // As with buildx the file is empty where the build made no image: CI asks for one whatever the output is.
            let id = result.imageID ?? result.digest ?? ""
            try Self.replace(imageID, with: Array(id.utf8), traits: traits)
        }
        if let metadata { try Self.replace(metadata, with: Metadata.json(of: result)) }
    }

    /// Writes the metadata of several builds.
    func write(metadata value: JSON) throws(BuildError) {
        if let metadata { try Self.replace(metadata, with: Metadata.bytes(value)) }
    }

    /// Puts bytes under a name at once: whoever opens it sees the old file or the whole new one.
    static func replace(_ path: String, with bytes: [UInt8], traits: FileTraits? = nil) throws(BuildError) {
        do throws(Errno) {
            // A pipe or a device can't be replaced and keeps nothing half-written either.
            if PathFacts.kind(of: path) == .stream {
                try FileInPlace.write(bytes, to: path)
            } else {
                try FileInPlace.replace(path, with: bytes, traits: traits, isSynced: true)
            }
        } catch {
            throw BuildError(.output, "can't write \(path.quoted): \(error)")
        }
    }
}

extension ResultFileOption {
    /// Writes a result: a file appears under its name once it is whole.
    ///
    /// - Parameter body: Gives the bytes to what it is called with.
    func write(_ body: (_ sink: @escaping ([UInt8]) throws -> Void) throws -> Void) throws {
        try BuildFilterOptions.require("--output", path)
        guard let path, path != "-" else { return try body { try BuildsCommand.write($0) } }
        try ResultFiles.check(path)
        let target = PathFacts.followed(path)
        do {
            if case .stream = PathFacts.kind(of: target) {
                let number = open(target.cPath, O_WRONLY | O_CLOEXEC | O_NOCTTY)
                guard number >= 0 else { throw Errno.last }
                let stream = OwnedDescriptor(adopting: number)
                let descriptor = BorrowedDescriptor(number: stream.number)
                return try body { try descriptor.write($0) }
            }
            let file = try AtomicFile.open(target, .usual)
            let descriptor = BorrowedDescriptor(number: file.descriptor)
            try body { try descriptor.write($0) }
            try file.replace()
        } catch let error as Errno {
            throw BuildError(.output, "can't write \(path.quoted): \(error)")
        }
    }
}

/// What `--metadata-file` holds: the exporters' answers by buildx's keys.
enum Metadata {
    /// The answers as one JSON object with sorted keys; an answer that is JSON in base64, such as a descriptor, is put in
    /// as what it is.
    static func json(of result: BuildResult) -> [UInt8] { bytes(value(of: result)) }

    /// A value as the file has it.
    static func bytes(_ value: JSON) -> [UInt8] { value.goBytes(indented: true) + [0x0A] }

    /// The answers as one value.
    static func value(of result: BuildResult) -> JSON {
        var fields = result.exporterResponse.mapValues(value)
        fields["buildx.build.ref"] = fields["buildx.build.ref"] ?? .string(result.ref)
        if let digest = result.digest {
            fields["containerimage.digest"] = fields["containerimage.digest"] ?? .string(digest)
        }
        fields.merge(numbers(of: result.statistics)) { theirs, _ in theirs }
        return JSON(fields)
    }

    /// Warnings as an answer has them, JSON in base64.
    static func text(of warnings: [VertexWarning]) -> String {
        Data(RawJSONRenderer().list(of: warnings)).base64EncodedString()
    }

    /// Our own keys.
    private static func numbers(of statistics: BuildStatistics) -> [String: JSON] {
        let (seconds, attoseconds) = statistics.duration.components
        let milliseconds = Double(seconds * 1000 + attoseconds / 1_000_000_000_000_000)
        var fields: [String: JSON] = [
            "caisson.steps.total": .number(String(statistics.steps)),
            "caisson.steps.cached": .number(String(statistics.cachedSteps)),
            "caisson.duration.seconds": .number(String(milliseconds / 1000)),
        ]
        fields["caisson.image.size"] = statistics.imageSize.map { .number(String($0)) }
        if statistics.isImageSizePacked { fields["caisson.image.packed"] = .bool(true) }
        fields["caisson.image.layers"] = statistics.layers.map { .number(String($0)) }
        return fields
    }

    static func value(of answer: String) -> JSON {
        guard let data = Data(base64Encoded: answer), let value = try? JSON(parsing: Array(data)) else {
            return .string(answer)
        }
        switch value {
        case .object(let members) where !members.isEmpty: return value
        case .array(let values) where !values.isEmpty && values.allSatisfy(\.isObject): return value
        default: return .string(answer)
        }
    }
}

extension BuildResult {
    /// Puts the build's warnings among the answers where buildx's variable asks for them (docker/buildx
    /// util/confutil/metadata.go).
    mutating func keep(_ warnings: [VertexWarning], asSaidBy environment: [String: String]) {
        guard !warnings.isEmpty, GoBoolean.parse(environment["BUILDX_METADATA_WARNINGS"] ?? "") == true else { return }
        exporterResponse["buildx.build.warnings"] = Metadata.text(of: warnings)
    }
}
