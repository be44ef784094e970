import CaissonArchive
import CaissonBuildModel
import CaissonText
import GRDB

/// A step as it stands in the database.
///
/// Its times are told from the beginning of the build, and a digest of SHA-256 is 32 bytes, so that a step takes about
/// a hundred.
struct StepRow {
    /// Puts one in.
    static let insertion = """
        INSERT OR REPLACE INTO steps
            (build, number, digest, name, cached, started, completed, inputs, error, size, output)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """

    /// Reads those of a build.
    static let selection = """
        SELECT s.number, s.digest, n.text, s.cached, s.started, s.completed, s.inputs, s.error, s.size
        FROM steps s LEFT JOIN names n ON n.key = s.name WHERE s.build = ? ORDER BY s.number
        """

    /// About how many bytes steps take beside their outputs' indexes.
    static func size(_ steps: [StepRecord]) -> Int {
        steps.reduce(0) { $0 + 80 + $1.inputs.count + $1.error.utf8.count }
    }

    private let step: StepRecord
    private let name: Int64
    private let output: [UInt8]

    /// A step, the key of its name, and the packed index of its output.
    init(_ step: StepRecord, name: Int64, output: [UInt8]) {
        self.step = step
        self.name = name
        self.output = output
    }

    /// The values for the insertion.
    func values(build: Int64, start: Int64) -> [DatabaseValue] {
        let started = step.started?.storedNanoseconds
        let completed = step.completed?.storedNanoseconds
        var inputs = PackedNumbers()
        for input in step.inputs { inputs.append(input) }
        return [
            build.databaseValue, step.number.databaseValue, Self.stored(digest: step.digest), name.databaseValue,
            step.isCached.databaseValue, StoredValue.number(started.map { $0 &- start }),
            StoredValue.number(completed.map { $0 &- (started ?? start) }), StoredValue.bytesOrNull(inputs.bytes),
            step.error.isEmpty ? .null : StoredValue.text(step.error), step.logSize.databaseValue,
            StoredValue.bytesOrNull(output),
        ]
    }

    /// Reads a step of the selection; nil where there is none.
    static func step(_ row: StoredRow, start: Int64) -> StepRecord? {
        guard let number = row.integer(0) else { return nil }
        var step = StepRecord(Int(number), digest: digest(row), name: row.text(2) ?? "")
        step.isCached = row.integer(3) == 1
        let started = row.integer(4).map { $0 &+ start }
        step.started = started.map { Timestamp(storedNanoseconds: $0) }
        step.completed = row.integer(5).map { Timestamp(storedNanoseconds: $0 &+ (started ?? start)) }
        var inputs = PackedNumberReader(row.bytes(6))
        while let input = inputs.integer() { step.inputs.append(input) }
        step.error = row.text(7) ?? ""
        step.logSize = max(row.integer(8) ?? 0, 0)
        return step
    }

    // MARK: Digests

    private static let algorithm = "sha256:"
    private static let digits = Array("0123456789abcdef".utf8)

    private static func stored(digest: String) -> DatabaseValue {
        let hexadecimal = digest.utf8.dropFirst(algorithm.utf8.count)
        guard digest.hasPrefix(algorithm), hexadecimal.count == 64,
            hexadecimal.allSatisfy({ $0.isDigit || (0x61...0x66).contains($0) })
        else { return digest.utf8.filter { $0 != 0 }.databaseText }
        var bytes: [UInt8] = []
        var high: UInt8?
        for character in hexadecimal {
            let digit = character.isDigit ? character - 0x30 : character - 0x61 + 10
            if let first = high { bytes.append(first << 4 | digit) }
            high = high == nil ? digit : nil
        }
        return StoredValue.bytes(bytes)
    }

    private static func digest(_ row: StoredRow) -> String {
        guard row.isBytes(1) else { return row.text(1) ?? "" }
        let bytes = row.bytes(1)
        var text = Array(algorithm.utf8)
        text.reserveCapacity(text.count + 2 * bytes.count)
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    // MARK: Indexes of outputs

    /// A longer index is compressed, as one has a few bytes for each line where steps print at once.
    private static let plainLimit = 1024
    /// How long an index may be; what it says behind that isn't read.
    private static let limit = 64 << 20

    /// The index as it stands in the database: behind a byte that tells whether it is compressed.
    static func packed(_ index: [UInt8]) -> [UInt8] {
        if index.count > plainLimit, let frame = try? ZstdFrame.compressed(index) { return [1] + frame }
        return index.isEmpty ? [] : [0] + index
    }

    /// The index that stands in the database.
    static func unpacked(_ bytes: [UInt8]) throws(HistoryError) -> [UInt8] {
        guard bytes.first == 1 else { return Array(bytes.dropFirst()) }
        do throws(ArchiveError) {
            return try ZstdFrame.content(of: Array(bytes.dropFirst()), limit: limit)
        } catch {
            throw HistoryError(.damaged, "the index of a log is damaged: \(error)")
        }
    }
}

extension [UInt8] {
    fileprivate var databaseText: DatabaseValue { String(decoding: self, as: UTF8.self).databaseValue }
}
