/// Finds the difference that tells most between two files of the same parts.
struct PartsComparison {
    /// A difference of a part, or of something that is told beside it.
    private struct Candidate {
        var score: Int
        var part: FilePart
        /// The part of the second file; nil where the difference is known already.
        var other: FilePart?
        var difference: FileDifference?
    }

    /// The name of a part, and how many of that name were before.
    private struct Key: Hashable {
        var place: FilePlace
        var number: Int
    }

    private let first: FileParts
    private let second: FileParts
    private var best: Candidate?
    /// How many bytes may be compared yet: parts may lie one over the other.
    private var work: Int

    /// - Parameter size: How many bytes the larger file has.
    init(_ first: FileParts, _ second: FileParts, size: Int) {
        self.first = first
        self.second = second
        work = size > Int.max / 8 ? .max : size * 4 + (1 << 20)
    }

    /// The difference; nil where all parts are equal.
    ///
    /// - Parameter explain: Finds the difference of the content of two parts.
    mutating func difference(
        _ explain: (FilePart, FilePart) throws(ArtifactProblem) -> FileDifference?
    ) throws(ArtifactProblem) -> FileDifference? {
        try compareAll()
        guard let best else { return orderDifference }
        guard let other = best.other else { return best.difference?.within(best.part.place) }
        guard var difference = try explain(best.part, other) else { return nil }
        if let cause = best.part.cause { difference.cause = cause }
        return difference.within(best.part.place)
    }

    private mutating func compareAll() throws(ArtifactProblem) {
        let (keys, others) = (Self.keys(first), Self.keys(second))
        let places = Dictionary(zip(others, second.all.indices)) { first, _ in first }
        var isPaired = second.all.map { _ in false }
        for (key, part) in zip(keys, first.all) {
            guard let index = places[key] else {
                note(part, FileDifference(.onlyInFirst))
                continue
            }
            isPaired[index] = true
            try compare(part, second.all[index])
            // Nothing can tell more than content, told first.
            if best?.score == 0 || work <= 0 { return }
        }
        for (part, isPaired) in zip(second.all, isPaired) where !isPaired { note(part, FileDifference(.onlyInSecond)) }
    }

    private static func keys(_ parts: FileParts) -> [Key] {
        var numbers: [FilePlace: Int] = [:]
        return parts.all.map { part in
            let number = numbers[part.place, default: 0]
            numbers[part.place] = number + 1
            return Key(place: part.place, number: number)
        }
    }

    private mutating func compare(_ part: FilePart, _ other: FilePart) throws(ArtifactProblem) {
        work -= min(part.bytes.size, other.bytes.size)
        if let offset = try ByteComparison.firstDifference(part.bytes, other.bytes) {
            let isPlain = try isPlain(part, other, at: offset)
            let score = score(part, isAttribute: false, isPlain: isPlain)
            if score < best?.score ?? .max { best = Candidate(score: score, part: part, other: other) }
        } else if part.attributes != other.attributes {
            note(part, Self.attributeDifference(part, other), isAttribute: true)
        }
    }

    /// Whether it is plain why the parts differ; only asked where it matters.
    private func isPlain(_ part: FilePart, _ other: FilePart, at offset: Int) throws(ArtifactProblem) -> Bool {
        guard part.weight == .content else { return false }
        guard first.prefersCauses, part.cause == nil else { return true }
        return CauseFinder(try DifferenceContext(part.bytes, other.bytes, at: offset)).cause.map { $0 != .buildID }
            ?? false
    }

    /// The lowest score tells most.
    private func score(_ part: FilePart, isAttribute: Bool, isPlain: Bool) -> Int {
        part.weight == .content && isPlain && !isAttribute ? 0 : 1 + part.weight.rawValue * 2 + (isAttribute ? 1 : 0)
    }

    private mutating func note(_ part: FilePart, _ difference: FileDifference, isAttribute: Bool = false) {
        let score = score(part, isAttribute: isAttribute, isPlain: !first.prefersCauses)
        guard score < best?.score ?? .max else { return }
        best = Candidate(score: score, part: part, difference: difference)
    }

    private static func attributeDifference(_ part: FilePart, _ other: FilePart) -> FileDifference {
        for attribute in part.attributes {
            guard let same = other.attributes.first(where: { $0.name == attribute.name }) else {
                return difference(attribute.name, attribute.shown, "none", attribute.cause)
            }
            guard same != attribute else { continue }
            return difference(attribute.name, attribute.shown, same.shown, attribute.cause)
        }
        let names = Set(part.attributes.map(\.name))
        guard let more = other.attributes.first(where: { !names.contains($0.name) }) else {
            return difference("order of attributes", "another", "another", nil)
        }
        return difference(more.name, "none", more.shown, more.cause)
    }

    private static func difference(
        _ name: String,
        _ first: String,
        _ second: String,
        _ cause: DifferenceCause?
    ) -> FileDifference {
        var difference = FileDifference(.attribute(name, first, second))
        difference.cause = cause
        return difference
    }

    /// Where the order of the parts differs first.
    private var orderDifference: FileDifference? {
        guard let pair = zip(first.all, second.all).first(where: { $0.place != $1.place }) else { return nil }
        return FileDifference(.order(pair.0.place, pair.1.place))
    }
}
