/// The value of a field.
package enum BakeValue: Sendable, Hashable {
    /// A text.
    case text(String)
    /// True or false.
    case flag(Bool)
    /// Texts in order.
    case texts([String])
    /// Texts by name; nil stands for null.
    case pairs([String: String?])
    /// Entries in order.
    case entries([BakeEntry])

    /// The text, when it is one.
    package var text: String? { if case .text(let text) = self { text } else { nil } }
    /// The truth value, when it is one.
    package var flag: Bool? { if case .flag(let flag) = self { flag } else { nil } }
    /// The texts, when it holds some.
    package var texts: [String]? { if case .texts(let texts) = self { texts } else { nil } }
    /// The texts by name, when it holds some.
    package var pairs: [String: String?]? { if case .pairs(let pairs) = self { pairs } else { nil } }
    /// The entries, when it holds some.
    package var entries: [BakeEntry]? { if case .entries(let entries) = self { entries } else { nil } }
}

extension BakeField {
    /// What becomes of a value when another one comes after it.
    func merged(_ earlier: BakeValue?, with later: BakeValue) -> BakeValue? {
        if key == .description, later.text?.isEmpty == true { return earlier }
        guard merging == .add else { return later }
        switch (earlier, later) {
        case (let earlier, .pairs(let pairs)):
            let kept = (earlier?.pairs ?? [:]).merging(pairs.filter { $0.value != nil }) { _, later in later }
            return kept.isEmpty && form != .resources ? earlier : .pairs(kept)
        case (.texts(let earlier)?, .texts(let later)): return .texts(earlier + later)
        case (.entries(let earlier)?, .entries(let later)):
            guard case .entries(let kind) = form else { return .entries(earlier + later) }
            return .entries((earlier + later).normalised(kind))
        default: return later
        }
    }

    /// The value without empty and double parts; nil where nothing is left that counts.
    func normalised(_ value: BakeValue) -> BakeValue? {
        switch (form, value) {
        case (.texts, .texts(let texts)) where key != .inherits: return .texts(texts.withoutEmptyAndDoubles)
        case (.entries(let kind), .entries(let entries)):
            return entries.isEmpty ? nil : .entries(entries.normalised(kind))
        case (_, .pairs(let pairs)) where key == .contexts:
            let kept = pairs.filter { $0.value?.isEmpty == false }
            return kept.isEmpty ? nil : .pairs(kept)
        default: return value
        }
    }
}

extension [String] {
    /// Each text once, at its first place, and none that is empty.
    var withoutEmptyAndDoubles: [String] {
        var seen: Set<String> = []
        return filter { !$0.isEmpty && seen.insert($0).inserted }
    }

    /// Each text once, at its first place.
    var withoutDoubles: [String] {
        var seen: Set<String> = []
        return filter { seen.insert($0).inserted }
    }
}
