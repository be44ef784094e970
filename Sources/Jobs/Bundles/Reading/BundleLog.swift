import CaissonBuildModel

/// What the steps of a build in a bundle printed, byte for byte, in the order in which it came.
package final class BundleLog {
    private var frames: StatusFrames?
    private let numbers: [String: Int]
    private var pending: [BundleLogPiece] = []

    /// Takes the messages, and the steps by their digests.
    init(_ frames: StatusFrames?, _ steps: [StepRecord]) {
        self.frames = frames
        numbers = VertexNames(steps).numbers
    }

    /// The next piece; nil at the end.
    ///
    /// What is told of steps that nobody knows is passed over.
    ///
    /// - Throws: `damaged` or `limitExceeded` where the log can't be read any further, `system`.
    package func next() throws(BundleError) -> BundleLogPiece? {
        while pending.isEmpty {
            guard let bytes = try frames?.next() else { return nil }
            do throws(WireReader.Malformed) {
                pending = pieces(of: try StatusMessage(bytes))
            } catch {
                throw BundleError(.damaged, "a log in the bundle holds what is no message")
            }
        }
        return pending.popLast()
    }

    /// The pieces of a message, the last first.
    private func pieces(of message: StatusMessage) -> [BundleLogPiece] {
        message.logs.reversed().compactMap { log in
            numbers[log.vertex].map {
                BundleLogPiece(step: $0, stream: log.stream, time: log.timestamp, bytes: log.data)
            }
        }
    }
}
