import CaissonBuildModel
import CaissonText

/// Reads the messages of a log one by one; nothing is held but the one at hand.
struct StatusFrames {
    private let blobs: BundleBlobs
    private let end: Int64
    private let limit: Int
    /// Where the next message begins.
    private(set) var offset: Int64

    /// Begins to read a blob.
    /// - Parameter limit: The bytes of a message.
    init(_ blobs: BundleBlobs, _ place: BundleBlobs.Place, limit: Int) {
        self.blobs = blobs
        self.limit = limit
        offset = place.offset
        end = place.offset + place.size
    }

    /// The next message; nil at the end.
    ///
    /// - Throws: `damaged` where it can't be one, `limitExceeded` for one that is too long.
    mutating func next() throws(BundleError) -> [UInt8]? {
        guard offset < end else { return nil }
        let head = try blobs.bytes(at: offset, 4)
        guard head.count == 4, end - offset >= 4 else { throw cut }
        let count = head.reversed().reduce(0) { $0 << 8 | Int64($1) }
        guard count <= Int64(limit) else {
            throw BundleError(.limitExceeded, "a message of a log has \(count) bytes; no more than \(limit) are taken")
        }
        guard count <= end - offset - 4 else { throw cut }
        let message = try blobs.bytes(at: offset + 4, Int(count))
        offset += 4 + count
        return message
    }

    private var cut: BundleError { BundleError(.damaged, "a log in the bundle ends within a message") }
}

/// A message of a log, as far as it is wanted.
struct StatusMessage {
    /// The bytes that are taken of a name, an error or the like.
    private static let longest = 64 << 10
    /// The bytes that are taken of a digest.
    private static let longestDigest = 512
    /// The inputs that are taken of a step.
    private static let mostInputs = 1024
    /// The parts that a message may have: empty ones are two bytes there and many in memory.
    private static let mostParts = 200_000

    /// Steps that appeared or changed.
    var vertexes: [Vertex] = []
    /// What was printed.
    var logs: [VertexLog] = []
    /// The first lines of warnings.
    var warnings: [String] = []

    /// Reads a message.
    init(_ bytes: [UInt8]) throws(WireReader.Malformed) {
        var reader = WireReader(bytes[...])
        var parts = 0
        while let (number, value) = try reader.next() {
            parts += 1
            guard parts <= Self.mostParts else { throw WireReader.Malformed() }
            switch number {
            case 1: vertexes.append(try Self.vertex(value.data))
            case 3: logs.append(try Self.log(value.data))
            case 4: warnings += try Self.warnings(value.data)
            default: break
            }
        }
    }

    private static func warnings(_ bytes: ArraySlice<UInt8>) throws(WireReader.Malformed) -> [String] {
        var reader = WireReader(bytes)
        var texts: [String] = []
        while let (number, value) = try reader.next() {
            if number == 3 { texts.append(value.text(longest)) }
        }
        return texts
    }

    private static func vertex(_ bytes: ArraySlice<UInt8>) throws(WireReader.Malformed) -> Vertex {
        var vertex = Vertex(digest: "")
        var reader = WireReader(bytes)
        while let (number, value) = try reader.next() {
            switch number {
            case 1: vertex.digest = value.text(longestDigest)
            case 2: if vertex.inputs.count < mostInputs { vertex.inputs.append(value.text(longestDigest)) }
            case 3: vertex.name = value.text(longest)
            case 4: vertex.isCached = value.number != 0
            case 5: vertex.started = try value.timestamp()
            case 6: vertex.completed = try value.timestamp()
            case 7: vertex.error = value.text(longest)
            default: break
            }
        }
        return vertex
    }

    private static func log(_ bytes: ArraySlice<UInt8>) throws(WireReader.Malformed) -> VertexLog {
        var log = VertexLog(vertex: "", stream: 0, data: [], timestamp: Timestamp(seconds: 0))
        var reader = WireReader(bytes)
        while let (number, value) = try reader.next() {
            switch number {
            case 1: log.vertex = value.text(longestDigest)
            case 2: log.timestamp = try value.timestamp()
            case 3: log.stream = Int(clamping: value.number)
            case 4: log.data = Array(value.data)
            default: break
            }
        }
        return log
    }
}
