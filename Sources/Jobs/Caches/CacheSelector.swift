import CaissonBuildModel
import CaissonGoRegex

/// Who reads a filter: what a record has for it differs.
package enum CacheFilterReader: Sendable, Hashable, CaseIterable {
    /// The list of records (`DiskUsage` of BuildKit's `cache/manager.go`), which knows all fields.
    case usage
    /// A prune (`pruneOnce` of `cache/manager.go`), which knows neither the parents nor whether a record is in use:
    /// all that it looks at are unused.
    case prune
    /// A prune by BuildKit before 0.14, which doesn't know the description either.
    case pruneBefore014
}

/// One condition of a filter, as containerd's `pkg/filters` reads it.
struct CacheSelector: Sendable {
    /// A field of a record (`adaptUsageInfo` of `cache/manager.go`).
    enum Field: String, Sendable, CaseIterable {
        case id, parents, description, inuse, mutable, immutable, shared
        case isPrivate = "private"
        case kind = "type"

        /// Whether it is there or not there, without a value.
        var isFlag: Bool {
            switch self {
            case .id, .parents, .description, .kind: false
            case .inuse, .mutable, .immutable, .shared, .isPrivate: true
            }
        }

        /// The flag that is there where this one isn't; nil where there is none.
        var opposite: Field? {
            switch self {
            case .mutable: .immutable
            case .immutable: .mutable
            case .shared: .isPrivate
            case .isPrivate: .shared
            case .id, .parents, .description, .inuse, .kind: nil
            }
        }
    }

    /// What is asked of the field.
    enum Test: Sendable {
        case isPresent
        /// BuildKit has no word for this one: it isn't told, only seen to here.
        case isAbsent
        case equals(String)
        case differs(from: String)
        case matches(GoRegex, text: String)
        /// A cache mount of an id.
        case isMount(id: String)
    }

    var field: Field
    var test: Test

    /// How the condition is written for BuildKit; nil where it can't be told.
    var wire: String? {
        switch test {
        case .isPresent: field.rawValue
        case .isAbsent: nil
        case .equals(let value): "\(field.rawValue)==\(WireQuoting.value(value))"
        case .differs(let value): "\(field.rawValue)!=\(WireQuoting.value(value))"
        case .matches(_, let text): "\(field.rawValue)~=\(WireQuoting.value(text))"
        case .isMount(let id):
            "type==\(CacheRecordKind.cacheMount),description~=\(WireQuoting.value(WireQuoting.mountPattern(id: id)))"
        }
    }

    /// Whether BuildKit would take the record.
    ///
    /// A field that is empty isn't there: nothing equals it, all differs from it, and a regular expression reads it as
    /// an empty text (`selector.Match` of containerd's `filter.go`).
    func matches(_ record: CacheRecord, by reader: CacheFilterReader) -> Bool {
        switch test {
        case .isPresent: isPresent(in: record, by: reader)
        case .isAbsent: !isPresent(in: record, by: reader)
        case .equals(let value): !value.isEmpty && text(of: record, by: reader) == value
        case .differs(let value): text(of: record, by: reader) != value
        case .matches(let regex, _): regex.matches(text(of: record, by: reader))
        case .isMount(let id):
            reader != .pruneBefore014
                && record.mountID.map { $0 == id || $0 == "/" + id } ?? false
        }
    }

    private func isPresent(in record: CacheRecord, by reader: CacheFilterReader) -> Bool {
        switch field {
        case .inuse: reader == .usage && record.isInUse
        case .mutable: record.isMutable
        case .immutable: !record.isMutable
        case .shared: record.isShared
        case .isPrivate: !record.isShared
        case .id, .parents, .description, .kind: !text(of: record, by: reader).isEmpty
        }
    }

    private func text(of record: CacheRecord, by reader: CacheFilterReader) -> String {
        switch field {
        case .id: record.id
        case .parents: reader == .usage ? record.parents.joined(separator: ";") : ""
        case .description: reader == .pruneBefore014 ? "" : record.description
        case .kind: record.kind.rawValue
        case .inuse, .mutable, .immutable, .shared, .isPrivate: ""
        }
    }
}
