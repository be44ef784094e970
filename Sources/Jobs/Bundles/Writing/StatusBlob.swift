import CaissonBuildModel

/// Writes what the steps of a build told as BuildKit keeps it: first all steps, then what they printed.
///
/// The field numbers are those of moby/buildkit api/services/control/control.proto, the framing is that of its
/// solver/llbsolver/history (`ImportStatus`).
enum StatusBlob {
    /// How many steps stand in one message.
    private static let steps = 256
    /// How many bytes of output stand in one message; readers take some mebibytes.
    private static let output = 256 << 10

    /// Writes the frames of a build.
    static func write(_ build: BundledBuild, to sink: BundleBlob.Sink) throws {
        let steps = build.dossier.steps
        let digests = VertexNames(steps).digests
        for start in stride(from: 0, to: steps.count, by: Self.steps) {
            var message = WireWriter()
            for step in steps[start..<min(start + Self.steps, steps.count)] {
                message.field(1) { $0.write(step, digests) }
            }
            try sink(frame(message))
        }
        let log = try build.openLog()
        let begun = Dictionary(steps.map { ($0.number, $0.started) }, uniquingKeysWith: { first, _ in first })
        while let piece = try log() {
            guard let digest = digests[piece.step] else { continue }
            let time = piece.time ?? begun[piece.step].flatMap { $0 } ?? build.dossier.record.submission.time
            for start in stride(from: 0, to: piece.bytes.count, by: output) {
                var message = WireWriter()
                message.field(3) { log in
                    log.field(1, digest)
                    log.field(2, time)
                    log.field(3, Int64(piece.stream))
                    log.field(4, Array(piece.bytes[start..<min(start + output, piece.bytes.count)]))
                }
                try sink(frame(message))
            }
        }
    }

    private static func frame(_ message: WireWriter) -> [UInt8] {
        let count = UInt32(clamping: message.bytes.count)
        return withUnsafeBytes(of: count.littleEndian) { Array($0) } + message.bytes
    }
}

extension WireWriter {
    /// Writes a `Vertex`.
    fileprivate mutating func write(_ step: StepRecord, _ digests: [Int: String]) {
        field(1, digests[step.number] ?? step.digest)
        for input in step.inputs {
            if let digest = digests[input] { field(2, Array(digest.utf8)) }
        }
        field(3, step.name)
        field(4, step.isCached ? 1 : 0)
        field(5, step.started)
        field(6, step.completed)
        field(7, step.error)
    }
}
