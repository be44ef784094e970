import CaissonBuildModel
import CaissonText
import CaissonYAML

/// Reads the values of a job's file, and notes all that is wrong with them.
struct KernelFieldReader {
    /// What was wrong so far.
    private(set) var problems: [KernelJobProblem] = []
    /// So many are told; a file of nothing else fills no terminal.
    private static let most = 100

    mutating func note(_ code: String, _ place: TextPlace?, _ message: String) {
        guard problems.count < Self.most else { return }
        problems.append(KernelJobProblem(code, at: place, message))
    }

    /// The entries of a table whose keys are known; the others are told with the nearest that is.
    mutating func entries(_ value: YAMLValue, _ name: String, keys: [String]) -> [YAMLEntry] {
        guard let entries = value.entries else {
            if case .null = value.kind { return [] }
            note("job.type", value.place, "\(name) is a table, not \(Self.kind(of: value))")
            return []
        }
        for entry in entries where !keys.contains(entry.key) {
            let hint = nearest(to: entry.key, among: keys).map { "; did you mean \($0)?" }
            let all = "; it has \(keys.joined(separator: ", "))"
            note("job.unknown-key", entry.place, "\(name) has no key \(entry.key.quoted)\(hint ?? all)")
        }
        return entries.filter { keys.contains($0.key) }
    }

    /// A text; a number is one, too, as versions look like that.
    mutating func text(_ entry: YAMLEntry) -> String? { text(entry.value, entry.key) }

    mutating func text(_ value: YAMLValue, _ name: String) -> String? {
        switch value.kind {
        case .string(let text, _):
            guard !text.utf8.contains(0), !text.utf8.contains(0x0A) else {
                note("job.value", value.place, "\(name) has a character that can't be in it")
                return nil
            }
            return text
        case .int, .float, .bool: return value.text
        case .null: return nil
        case .list, .map:
            note("job.type", value.place, "\(name) is a text, not \(Self.kind(of: value))")
            return nil
        }
    }

    /// A text that isn't empty.
    mutating func name(_ entry: YAMLEntry) -> String? {
        guard let text = text(entry) else { return nil }
        if text.isEmpty { note("job.value", entry.value.place, "\(entry.key) is empty; leave it out, or give a value") }
        return text.isEmpty ? nil : text
    }

    mutating func flag(_ entry: YAMLEntry) -> Bool? {
        switch entry.value.kind {
        case .bool(let isTrue): return isTrue
        case .null: return nil
        default:
            note("job.type", entry.value.place, "\(entry.key) is true or false, not \(entry.value.text.quoted)")
            return nil
        }
    }

    mutating func number(_ entry: YAMLEntry, in range: ClosedRange<Int64>) -> Int64? {
        if case .null = entry.value.kind { return nil }
        guard case .int(let number) = entry.value.kind, range.contains(number) else {
            note(
                "job.value",
                entry.value.place,
                "\(entry.key) is a whole number from \(range.lowerBound) to \(range.upperBound)"
            )
            return nil
        }
        return number
    }

    /// A list of texts; a single text is a list of one.
    mutating func texts(_ entry: YAMLEntry) -> [(text: String, place: TextPlace)] {
        guard let values = entry.value.list else {
            return text(entry).map { [($0, entry.value.place)] } ?? []
        }
        return values.compactMap { value in text(value, "an item of \(entry.key)").map { ($0, value.place) } }
    }

    /// A table of texts.
    mutating func pairs(_ entry: YAMLEntry) -> [(name: String, value: String, place: TextPlace)] {
        guard let entries = entry.value.entries else {
            if case .null = entry.value.kind { return [] }
            note("job.type", entry.value.place, "\(entry.key) is a table of names and values")
            return []
        }
        return entries.compactMap { item in text(item.value, item.key).map { (item.key, $0, item.place) } }
    }

    /// One of several words.
    mutating func word(_ entry: YAMLEntry, of words: [String]) -> String? {
        guard let text = name(entry) else { return nil }
        guard !words.contains(text) else { return text }
        let hint = nearest(to: text, among: words).map { "; did you mean \($0)?" } ?? ""
        let all = words.joined(separator: ", ")
        note("job.value", entry.value.place, "\(entry.key) is one of \(all), not \(text.quoted)\(hint)")
        return nil
    }

    static func kind(of value: YAMLValue) -> String {
        switch value.kind {
        case .null: "nothing"
        case .list: "a list"
        case .map: "a table"
        default: value.text.quoted
        }
    }
}
