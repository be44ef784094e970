import CaissonText

/// A step's name taken apart, as BuildKit's Dockerfile frontend writes it: `[linux/amd64 build 3/7] RUN make`.
///
/// Source: `frontend/dockerfile/dockerfile2llb/convert.go` (`prefixCommand`).
package struct StepName: Sendable, Hashable {
    /// What stands in the brackets without the numbers, such as `linux/amd64 build`; empty where nothing does.
    package var stage = ""
    /// Its place in its stage, from 1; nil for what has none, such as `[internal] load metadata`.
    package var place: Int?
    /// How many steps its stage has.
    package var count: Int?
    /// What it does, such as `RUN make`; a base image is without its digest.
    package var instruction: String
    /// The digest of the base image, such as `sha256:…`; nil where none is told.
    package var baseDigest: String?

    /// Takes a name apart; it may hold any characters.
    package init(_ name: String) {
        var rest = name[...]
        if name.hasPrefix("["), let end = name.range(of: "] ")?.lowerBound {
            rest = name[end...].dropFirst(2)
            var words = name[..<end].dropFirst().split(separator: " ")
            if let numbers = words.last?.split(separator: "/"), numbers.count == 2, let place = Int(numbers[0]),
                let count = Int(numbers[1])
            {
                (self.place, self.count) = (place, count)
                words.removeLast()
            }
            stage = words.joined(separator: " ")
        }
        instruction = String(rest)
        guard rest.hasPrefix("FROM "), let at = rest.range(of: "@sha256:")?.lowerBound else { return }
        let digest = rest[at...].dropFirst().prefix { $0 != " " }
        baseDigest = String(digest)
        instruction = String(rest[..<at]) + rest[at...].dropFirst().dropFirst(digest.count)
    }

    /// The instruction's first word, such as `RUN`; empty for what is no instruction.
    package var keyword: String {
        let word = instruction.prefix { $0 != " " }
        return !word.isEmpty && word.allSatisfy { $0.isASCII && $0.isUppercase } ? String(word) : ""
    }

    /// Whether the frontend or the engine does it by itself, such as `[internal] load build context`.
    package var isInternal: Bool { place == nil }

    /// What tells the step from others, in this build and in later ones: steps before it may come and go.
    package var identity: String { stage.isEmpty ? instruction : "[\(stage)] \(instruction)" }
}

extension String {
    /// Where a text first stands in this one.
    fileprivate func range(of text: String) -> Range<Index>? { self[...].range(of: text) }
}

extension Substring {
    /// Where a text first stands in this one.
    fileprivate func range(of text: String) -> Range<Index>? {
        let wanted = Array(text.utf8)
        var place = startIndex
        while place < endIndex {
            if utf8[place...].starts(with: wanted) {
                return place..<(utf8.index(place, offsetBy: wanted.count))
            }
            place = utf8.index(after: place)
        }
        return nil
    }
}
