import CaissonBuildKit
import CaissonBuildModel
import Glibc
import Synchronization

/// The pipe that carries an image from buildkitd's exporter into dockerd's `/images/load`, so that no archive is kept here.
final class ImageLoadPipe: Sendable {
    /// The exporter's place.
    let place: Int
    /// Where the exporter's bytes go.
    let writeEnd: CInt
    private let readEnd: CInt
    private let isClosed = Mutex((write: false, read: false))

    /// Makes a pipe when the plan has something to load; nil otherwise.
    static func open(_ plan: ExportPlan) throws(BuildError) -> ImageLoadPipe? {
        let place = plan.afterwards.compactMap { if case .load(let place) = $0 { place } else { nil } }.first
        guard let place else { return nil }
        var ends: [CInt] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw BuildError(.output, "can't make a pipe for \(field: .load): \(String(cString: strerror(errno)))")
        }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        return ImageLoadPipe(place: place, writeEnd: ends[1], readEnd: ends[0])
    }

    private init(place: Int, writeEnd: CInt, readEnd: CInt) {
        self.place = place
        self.writeEnd = writeEnd
        self.readEnd = readEnd
    }

    deinit {
        closeWriteEnd()
        closeReadEnd()
    }

    /// Lets the reader see the end.
    func closeWriteEnd() {
        let wasClosed = isClosed.withLock { state in
            defer { state.write = true }
            return state.write
        }
        if !wasClosed { close(writeEnd) }
    }

    /// Lets the writer see that nobody reads any more.
    func closeReadEnd() {
        let wasClosed = isClosed.withLock { state in
            defer { state.read = true }
            return state.read
        }
        if !wasClosed { close(readEnd) }
    }

    /// The next bytes, waiting for them; none at the end.
    ///
    /// Blocks, until the task is cancelled: for the file executor.
    func read() throws -> [UInt8] {
        var chunk = [UInt8](repeating: 0, count: 256 << 10)
        while true {
            // Looked at before the end is believed: a build that failed ends the pipe, too, and what came is no image.
            try Task.checkCancellation()
            let count = Glibc.read(readEnd, &chunk, chunk.count)
            if count > 0 { return Array(chunk[..<count]) }
            if count == 0 {
                try Task.checkCancellation()
                return []
            }
            guard errno == EINTR || errno == EAGAIN else {
                throw BuildError(
                    .output,
                    "can't read the image for \(field: .load): \(String(cString: strerror(errno)))"
                )
            }
            var waiting = pollfd(fd: readEnd, events: Int16(POLLIN), revents: 0)
            poll(&waiting, 1, 200)
        }
    }
}

/// Why dockerd didn't take an image, for whoever fails because of it.
final class LoadOutcome: Sendable {
    private let error = Mutex<(any Error)?>(nil)

    /// The reason; nil as long as all is well.
    var failure: (any Error)? { error.withLock { $0 } }

    /// Takes the reason.
    func fail(_ reason: any Error) { error.withLock { $0 = reason } }
}
