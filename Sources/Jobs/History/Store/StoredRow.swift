import FoundationEssentials
import GRDB

/// A row of the database whose values are read whatever they are: a database can be damaged, and one that is must not
/// end the program.
struct StoredRow {
    private let row: Row

    /// Reads a row.
    init(_ row: Row) { self.row = row }

    /// The whole number in a column; nil for anything else.
    func integer(_ index: Int) -> Int64? {
        if case .int64(let number)? = storage(index) { number } else { nil }
    }

    /// The text in a column; nil for anything else.
    ///
    /// One with a NUL in it is kept as bytes, as SQLite's texts end there.
    func text(_ index: Int) -> String? {
        switch storage(index) {
        case .string(let text)?: text
        case .blob(let data)?: String(decoding: data, as: UTF8.self)
        default: nil
        }
    }

    /// The bytes in a column; none for anything else.
    func bytes(_ index: Int) -> [UInt8] {
        switch storage(index) {
        case .string(let text)?: Array(text.utf8)
        case .blob(let data)?: Array(data)
        default: []
        }
    }

    /// Whether there are bytes in a column rather than a text.
    func isBytes(_ index: Int) -> Bool {
        if case .blob? = storage(index) { true } else { false }
    }

    private func storage(_ index: Int) -> DatabaseValue.Storage? {
        guard index < row.count else { return nil }
        let value: DatabaseValue = row[index]
        return value.storage
    }
}

/// Values on their way into the database.
enum StoredValue {
    /// Bytes.
    static func bytes(_ bytes: [UInt8]) -> DatabaseValue { Data(bytes).databaseValue }

    /// Bytes; nothing for none.
    static func bytesOrNull(_ bytes: [UInt8]) -> DatabaseValue { bytes.isEmpty ? .null : self.bytes(bytes) }

    /// A text, which is bytes where it holds a NUL.
    static func text(_ text: String) -> DatabaseValue {
        text.utf8.contains(0) ? bytes(Array(text.utf8)) : text.databaseValue
    }

    /// A text; nothing for none.
    static func text(_ text: String?) -> DatabaseValue { text.map { Self.text($0) } ?? .null }

    /// A number; nothing for none.
    static func number(_ number: Int64?) -> DatabaseValue { number?.databaseValue ?? .null }
}
