package import CaissonBuildModel
import CaissonGoRegex
import CaissonText

extension CacheFilter {
    /// The keys: BuildKit's fields, and two that aren't fields.
    package static let keys: [String] = ["until"] + CacheSelector.Field.allCases.map(\.rawValue) + ["mount"]

    /// Reads texts `KEY=VALUE`, `KEY!=VALUE` and `KEY~=REGEX`; `==` is `=`, as BuildKit's own filters have it.
    ///
    /// `until` takes a span, as buildx does, or a time: what was used since then stays. `id` without more takes a
    /// regular expression, as buildx has it, so a part of an id will do. The keys that have no value (`inuse`,
    /// `mutable`, `immutable`, `shared`, `private`) stand alone or with `true` or `false`; of what buildx sends for
    /// `shared=true`, `shared==true`, BuildKit makes a condition that never holds. `mount` takes the id of a cache
    /// mount, as BuildKit tells it or as the Dockerfile has it, which is without the slash before it.
    ///
    /// - Parameters:
    ///   - texts: The conditions.
    ///   - now: What a time in `until` is before.
    package init(parsing texts: [String], now: Timestamp) throws(ParseError) {
        self.init()
        var until: String?
        for text in texts {
            let condition = try Condition(parsing: text)
            guard condition.key != "until" else {
                if let until, until != condition.value {
                    throw condition.wrong("until is given twice, as \(until.quoted) and \(condition.value.quoted)")
                }
                until = condition.value
                keepDuration = try condition.span(before: now)
                continue
            }
            selectors.append(try condition.selector())
        }
    }
}

/// A condition, taken apart.
private struct Condition {
    enum Operator: String {
        case equal = "="
        case unequal = "!="
        case match = "~="
        case none = ""
    }

    var text: String
    var key: String
    var comparison: Operator
    var value: String

    init(parsing text: String) throws(ParseError) {
        self.text = text
        var (head, tail) = text.cut(at: "=") ?? (text, "")
        comparison = text.utf8.contains(UInt8(ascii: "=")) ? .equal : .none
        if comparison == .equal {
            switch head.utf8.last {
            case UInt8(ascii: "!"): comparison = .unequal
            case UInt8(ascii: "~"): comparison = .match
            default: if tail.utf8.first == UInt8(ascii: "=") { tail = String(Substring(tail.utf8.dropFirst())) }
            }
            if comparison != .equal { head = String(Substring(head.utf8.dropLast())) }
        }
        let word = head.trimmed.lowercased()
        // buildx still takes the old name of it.
        key = word == "unused-for" ? "until" : word
        value = tail.trimmed
        guard CacheFilter.keys.contains(key) else {
            let hint = nearest(to: key, among: CacheFilter.keys).map { "; did you mean \($0)?" } ?? ""
            let keys = CacheFilter.keys.joined(separator: ", ")
            throw ParseError(
                "cache filter",
                text,
                key.isEmpty ? "it has no key" : "there is no key \(key.quoted)\(hint)",
                expected: "one of \(keys)"
            )
        }
    }

    func wrong(_ problem: String, expected: String = "") -> ParseError {
        ParseError("cache filter", text, problem, expected: expected)
    }

    func selector() throws(ParseError) -> CacheSelector {
        guard key != "mount" else { return try mount() }
        guard let field = CacheSelector.Field(rawValue: key) else { throw wrong("there is no key \(key.quoted)") }
        return field.isFlag ? try flag(field) : try text(of: field)
    }

    private func mount() throws(ParseError) -> CacheSelector {
        guard comparison == .equal, !value.isEmpty else {
            throw wrong("mount takes the id of a cache mount", expected: "mount=ID")
        }
        return CacheSelector(field: .description, test: .isMount(id: value))
    }

    private func flag(_ field: CacheSelector.Field) throws(ParseError) -> CacheSelector {
        let expected = "\(key), \(key)=true or \(key)=false"
        guard comparison != .match else { throw wrong("\(key) takes no regular expression", expected: expected) }
        guard comparison != .none else { return CacheSelector(field: field, test: .isPresent) }
        guard let isSet = GoBoolean.parse(value) else {
            throw wrong("the value of \(key) is neither true nor false", expected: expected)
        }
        if isSet == (comparison == .equal) { return CacheSelector(field: field, test: .isPresent) }
        guard let opposite = field.opposite else { return CacheSelector(field: field, test: .isAbsent) }
        return CacheSelector(field: opposite, test: .isPresent)
    }

    private func text(of field: CacheSelector.Field) throws(ParseError) -> CacheSelector {
        let expected = "\(key)=VALUE, \(key)!=VALUE or \(key)~=REGEX"
        guard comparison != .none else { throw wrong("\(key) has no value", expected: expected) }
        guard comparison == .unequal || !value.isEmpty else {
            throw wrong("the value of \(key) is empty", expected: expected)
        }
        if comparison == .match || (field == .id && comparison == .equal) {
            return CacheSelector(field: field, test: .matches(try regex(), text: value))
        }
        if field == .kind { try checkKind() }
        return CacheSelector(field: field, test: comparison == .equal ? .equals(value) : .differs(from: value))
    }

    private func regex() throws(ParseError) -> GoRegex {
        do throws(RegexError) {
            return try GoRegex(value)
        } catch {
            throw wrong("the value of \(key) is no regular expression: \(error)")
        }
    }

    /// A mistyped kind after `!=` would take every record, cache mounts included.
    private func checkKind() throws(ParseError) {
        let kinds = CacheRecordKind.known.map(\.rawValue)
        guard !kinds.contains(value) else { return }
        // Of `cachemount` a part alone is enough to know what was meant.
        let meant = nearest(to: value, among: kinds) ?? kinds.first { $0.hasSuffix("." + value.lowercased()) }
        let hint = meant.map { "; did you mean \($0)?" } ?? ""
        throw wrong("type has no value \(value.quoted)\(hint)", expected: "one of \(kinds.joined(separator: ", "))")
    }

    func span(before now: Timestamp) throws(ParseError) -> Duration {
        let expected = "a span such as 24h, or a time such as 2026-11-30T08:00:00Z"
        guard comparison == .equal else { throw wrong("until takes = alone", expected: "until=SPAN") }
        if let span = GoDuration.parse(value) { return span }
        guard let time = CalendarTime.parse(value) else {
            throw wrong("the value of until is neither a span nor a time", expected: expected)
        }
        guard time < now, let span = time.span(until: now) else {
            throw wrong("the time of until isn't in the past", expected: expected)
        }
        return span
    }
}
