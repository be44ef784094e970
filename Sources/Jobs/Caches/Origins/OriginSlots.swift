import CaissonBuildModel
import CaissonText

/// The keys of a cache's records, each with a number, and which of them a step's name fits.
struct OriginSlots {
    /// How many bytes are compared of patterns and names in all, so that no list of an engine takes minutes.
    private static let mostWork = 16_000_000
    /// How many patterns a name may fit.
    private static let mostPatterns = 16
    /// How much of a pattern's beginning tells it from others.
    private static let beginningLength = 8

    /// Whether all patterns were compared with all names.
    private(set) var isComplete = true
    /// The keys by number.
    private(set) var keys: [OriginKey] = []
    /// Whether a name that fits each key isn't enough to be sure of the step, even at the right time.
    private(set) var isVague: [Bool] = []
    /// The number of each record's key; nil for what tells nothing.
    private(set) var ofRecord: [Int?] = []

    private var numbers: [OriginKey: Int] = [:]
    private var patterns: [Beginning: [(number: Int, pattern: CommandPattern)]] = [:]
    private var patternLengths: Set<Int> = []
    private var kinds: Set<OriginKey.Kind> = []
    private var known: [String: [Int]] = [:]
    private var work = 0

    private struct Beginning: Hashable {
        var kind: OriginKey.Kind
        var length: Int
        var bits: UInt64

        init(_ kind: OriginKey.Kind, _ bytes: ArraySlice<UInt8>) {
            self.kind = kind
            length = bytes.count
            bits = bytes.reduce(0) { $0 << 8 | UInt64($1) }
        }
    }

    /// Takes the keys of records.
    init(_ records: [CacheRecord]) {
        ofRecord.reserveCapacity(records.count)
        for record in records { ofRecord.append(OriginKey(record).map { number(of: $0) }) }
    }

    /// The numbers of the keys that a step's name fits.
    mutating func fitting(_ name: String) -> [Int] {
        if let found = known[name] { return found }
        var found: [Int] = []
        for key in OriginKey.keys(ofStep: name) where kinds.contains(key.kind) {
            if let number = numbers[key] { found.append(number) }
            for number in fittingPatterns(key) where !found.contains(number) { found.append(number) }
        }
        known[name] = found
        return found
    }

    private mutating func number(of key: OriginKey) -> Int {
        if let number = numbers[key] { return number }
        let number = keys.count
        numbers[key] = number
        keys.append(key)
        kinds.insert(key.kind)
        let pattern = key.pattern
        isVague.append(key.isCommon || pattern != nil)
        if let pattern {
            let beginning = Beginning(key.kind, pattern.beginning.prefix(Self.beginningLength))
            patternLengths.insert(beginning.length)
            patterns[beginning, default: []].append((number, pattern))
        }
        return number
    }

    private mutating func fittingPatterns(_ key: OriginKey) -> [Int] {
        guard !patterns.isEmpty, key.kind == .command || key.kind == .script else { return [] }
        guard let name = CommandPattern.Name(key.text) else { return [] }
        let text = name.text(padded: (false, true))
        var found: [Int] = []
        for length in 0...Self.beginningLength where length <= text.count && patternLengths.contains(length) {
            for (number, pattern) in patterns[Beginning(key.kind, text.prefix(length))] ?? [] {
                guard work < Self.mostWork, found.count < Self.mostPatterns else {
                    isComplete = false
                    return found
                }
                if pattern.matches(name, work: &work) { found.append(number) }
            }
        }
        return found
    }
}
