import CaissonBuildModel
import FoundationEssentials

/// One line of an engine's answer to a build: a JSON object of which any field may be there.
struct EngineMessage: Decodable, Sendable, Hashable {
    /// Output of steps and the builder's own words.
    var stream: String?
    /// What happens to a layer of a base image.
    var status: String?
    /// The layer, or the image's tag.
    var id: String?
    /// How far it is.
    var current: Int64 = 0
    /// How much there is.
    var total: Int64 = 0
    /// The id of an image that was made.
    var imageID: String?
    /// Why the build failed.
    var error: String?
    /// The exit status of the process that made it fail.
    var exitCode: Int?

    private enum CodingKeys: String, CodingKey {
        case stream
        case status
        case id
        case progressDetail
        case aux
        case error
        case errorDetail
    }

    private enum DetailKeys: String, CodingKey {
        case current
        case total
        case ID
        case message
        case code
    }

    /// A field of another type than is known is as none.
    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        stream = try? fields.decode(String.self, forKey: .stream)
        status = try? fields.decode(String.self, forKey: .status)
        id = try? fields.decode(String.self, forKey: .id)
        error = try? fields.decode(String.self, forKey: .error)
        if let detail = try? fields.nestedContainer(keyedBy: DetailKeys.self, forKey: .progressDetail) {
            current = (try? detail.decode(Int64.self, forKey: .current)) ?? 0
            total = (try? detail.decode(Int64.self, forKey: .total)) ?? 0
        }
        if let detail = try? fields.nestedContainer(keyedBy: DetailKeys.self, forKey: .aux) {
            imageID = try? detail.decode(String.self, forKey: .ID)
        }
        if let detail = try? fields.nestedContainer(keyedBy: DetailKeys.self, forKey: .errorDetail) {
            error = (try? detail.decode(String.self, forKey: .message)) ?? error ?? ""
            exitCode = try? detail.decode(Int.self, forKey: .code)
        }
    }

    /// Makes a message of output.
    init(stream: String) { self.stream = stream }
}

/// Cuts an answer that comes in any pieces into messages.
struct EngineMessageReader: Sendable {
    /// No line is longer than this.
    static let lineLimit = 1 << 20

    private var rest: [UInt8] = []

    /// The messages that a piece completes.
    ///
    /// - Throws: `BuildError` with code `engine` where the answer is no stream of JSON objects.
    mutating func take(_ piece: [UInt8]) throws(BuildError) -> [EngineMessage] {
        var messages: [EngineMessage] = []
        var start = piece.startIndex
        while let end = piece[start...].firstIndex(of: UInt8(ascii: "\n")) {
            rest += piece[start..<end]
            try messages.append(contentsOf: message().map { [$0] } ?? [])
            start = end + 1
        }
        rest += piece[start...]
        guard rest.count <= Self.lineLimit else {
            throw BuildError(
                .engine,
                "the engine sent a line of more than 1 MiB — check the address and the engine's log"
            )
        }
        return messages
    }

    /// The last message, where the answer doesn't end with a line's end.
    mutating func finish() throws(BuildError) -> EngineMessage? { try message() }

    /// What the line is that was gathered; nil for a blank one.
    private mutating func message() throws(BuildError) -> EngineMessage? {
        defer { rest.removeAll(keepingCapacity: true) }
        guard rest.count <= Self.lineLimit else {
            throw BuildError(
                .engine,
                "the engine sent a line of more than 1 MiB — check the address and the engine's log"
            )
        }
        guard rest.contains(where: { ![0x20, 0x09, 0x0D].contains($0) }) else { return nil }
        guard let message = try? JSONDecoder().decode(EngineMessage.self, from: Data(rest)) else {
            let start = String(decoding: rest.prefix(80), as: UTF8.self).unicodeScalars.filter { $0.value >= 0x20 }
            throw BuildError(
                .engine,
                "the engine's answer to the build isn't one: “\(String(String.UnicodeScalarView(start)))” — check the "
                    + "address and the engine's log"
            )
        }
        return message
    }
}
