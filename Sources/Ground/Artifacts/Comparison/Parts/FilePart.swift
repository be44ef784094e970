import CaissonText

/// A part of a file that is compared on its own.
struct FilePart {
    /// How much it tells that a part differs: parts that follow from others are told where nothing else differs.
    enum Weight: Int, Comparable {
        /// What the file is made for.
        case content
        /// What is beside it, such as what only a debugger reads.
        case side
        /// A table that follows from the content.
        case table
        /// A sum or an id over the rest.
        case sum

        static func < (a: Weight, b: Weight) -> Bool { a.rawValue < b.rawValue }
    }

    /// What it is called.
    var place: FilePlace
    /// Its bytes.
    var bytes: ArtifactBytes
    /// How much it tells.
    var weight = Weight.content
    /// Whether it may have a form of its own; what begins where the file does would be taken for another such file.
    var mayHaveForm = true
    /// What is told beside its bytes.
    var attributes: [PartAttribute] = []
    /// Why it differs whenever it does.
    var cause: DifferenceCause?
}

/// Something that a file tells of a part of it, such as the owner of a file in a tar.
struct PartAttribute: Equatable {
    /// A value, which is made a text only where it is told.
    enum Value: Equatable {
        case decimal(Int64)
        case octal(UInt64)
        case hexadecimal(UInt64)
        case text([UInt8])
    }

    var name: String
    var value: Value

    init(_ name: String, _ value: Value) {
        self.name = name
        self.value = value
    }

    /// The value as it is told.
    var shown: String {
        switch value {
        case .decimal(let number): String(number)
        case .octal(let number): "0" + String(number, radix: 8)
        case .hexadecimal(let number): "0x" + String(number, radix: 16)
        case .text(let bytes): String(pathBytes: bytes.prefix(256)).quoted
        }
    }

    /// Why it differs, where its name tells that.
    var cause: DifferenceCause? {
        switch name {
        case Self.time, "atime", "ctime": .time
        case Self.user, Self.group, Self.userName, Self.groupName: .owner
        case Self.mode: .permissions
        default: nil
        }
    }

    static let time = "modification time"
    static let user = "user"
    static let group = "group"
    static let userName = "user's name"
    static let groupName = "group's name"
    static let mode = "mode"
    static let type = "type"
    static let target = "target"
    static let device = "device"
}

/// The parts of a file, in their order, and no more of them than are taken.
struct FileParts {
    private static let mostNameBytes = 64 << 20

    private let limit: Int
    private var nameBytes = 0
    /// The parts.
    private(set) var all: [FilePart] = []
    /// Whether a part with a plain cause is told before those without: where a change of one part moves others.
    var prefersCauses = false

    init(_ limits: ComparisonLimits) { limit = limits.parts }

    /// Adds a part.
    mutating func add(_ part: FilePart) throws(ArtifactProblem) {
        guard all.count < limit else { throw .tooMany("parts", limit) }
        nameBytes += part.place.name.utf8.count + part.attributes.reduce(0) { $0 + $1.size }
        guard nameBytes <= Self.mostNameBytes else { throw .tooMany("bytes of names", Self.mostNameBytes) }
        all.append(part)
    }
}

extension PartAttribute {
    fileprivate var size: Int {
        guard case .text(let bytes) = value else { return name.utf8.count }
        return name.utf8.count + bytes.count
    }
}
