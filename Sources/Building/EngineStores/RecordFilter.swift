import CaissonBuildModel
import CaissonText

/// The part of containerd's filters that can be read here: conditions with commas between, on ids, kinds and flags.
///
/// `id==…`, `type==…` and `type!=…` with a plain word, and `shared`, `private`, `inuse`, `mutable`, `immutable`.
/// The rest of the language (regular expressions, quotation marks, other fields) is refused, as a misread filter
/// removes what it should not.
struct RecordFilter: Sendable, Hashable {
    /// Why a filter can't be used.
    struct Refusal: Error {
        /// The filter, as it may be shown.
        var filter: String
    }

    private enum Condition: Sendable, Hashable {
        case id(String)
        case kind(String, isEqual: Bool)
        case flag(String)
    }

    private var ids: Set<String> = []
    private var others: [[Condition]] = []
    private let isEmpty: Bool

    /// Reads filters of which one has to hold; none means all records.
    init(parsing filters: [String]) throws(Refusal) {
        isEmpty = filters.isEmpty
        for filter in filters {
            var conditions: [Condition] = []
            for piece in filter.split(separator: ",", omittingEmptySubsequences: false) {
                guard let condition = Self.condition(piece) else { throw Refusal(filter: filter.quoted) }
                conditions.append(condition)
            }
            // A prune by ids has one filter for each of them.
            if case .id(let id)? = conditions.first, conditions.count == 1 {
                ids.insert(id)
            } else {
                others.append(conditions)
            }
        }
    }

    /// Whether a record is meant.
    func matches(_ record: CacheRecord) -> Bool {
        isEmpty || ids.contains(record.id)
            || others.contains { $0.allSatisfy { Self.holds($0, for: record) } }
    }

    private static func condition(_ piece: Substring) -> Condition? {
        let flags = ["shared", "private", "inuse", "mutable", "immutable"]
        if flags.contains(String(piece)) { return .flag(String(piece)) }
        if let id = word(piece, after: "id==") { return .id(id) }
        if let kind = word(piece, after: "type==") { return .kind(kind, isEqual: true) }
        if let kind = word(piece, after: "type!=") { return .kind(kind, isEqual: false) }
        return nil
    }

    private static func word(_ piece: Substring, after prefix: String) -> String? {
        guard piece.hasPrefix(prefix) else { return nil }
        let word = piece.dropFirst(prefix.count)
        let isPlain = word.utf8.allSatisfy { $0.isAlphanumeric || $0 == UInt8(ascii: ".") }
        return isPlain && !word.isEmpty ? String(word) : nil
    }

    private static func holds(_ condition: Condition, for record: CacheRecord) -> Bool {
        switch condition {
        case .id(let id): record.id == id
        case .kind(let kind, let isEqual): (record.kind.rawValue == kind) == isEqual
        case .flag("shared"): record.isShared
        case .flag("private"): !record.isShared
        case .flag("inuse"): record.isInUse
        case .flag("mutable"): record.isMutable
        case .flag: !record.isMutable
        }
    }
}
