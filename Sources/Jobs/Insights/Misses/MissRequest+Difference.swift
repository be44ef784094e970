extension MissRequest.Difference {
    /// As many bytes of an instruction are compared.
    private static let longest = 4096

    /// Whether an instruction differs from one before in nothing but the argument's value, which the engine fills
    /// into names.
    ///
    /// Where one of the values isn't known, as the Dockerfile has a default or as it isn't kept, it may be anything.
    func explains(_ instruction: String, before earlier: String) -> Bool {
        let now = Array(instruction.utf8.prefix(Self.longest))
        let old = Array(earlier.utf8.prefix(Self.longest))
        let (oldValue, newValue) = (Self.known(before), Self.known(self.now))
        guard now != old, oldValue != nil || newValue != nil else { return false }
        if let oldValue, let newValue, Self.replacing(oldValue, by: newValue, in: old) == now { return true }
        return Self.lies(now, besides: old, within: newValue) && Self.lies(old, besides: now, within: oldValue)
    }

    /// A value that says something: one that isn't kept, or is empty, doesn't.
    private static func known(_ value: String?) -> [UInt8]? {
        guard let value, value != "***", !value.isEmpty, value.utf8.count <= longest else { return nil }
        return Array(value.utf8)
    }

    private static func replacing(_ value: [UInt8], by new: [UInt8], in text: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        var place = 0
        while place < text.count, out.count <= longest {
            if text[place...].starts(with: value) {
                out += new
                place += value.count
            } else {
                out.append(text[place])
                place += 1
            }
        }
        return out
    }

    /// Whether what is in a text and not in another lies within a value that stands there; one that isn't known
    /// always does.
    private static func lies(_ text: [UInt8], besides other: [UInt8], within value: [UInt8]?) -> Bool {
        guard let value else { return true }
        guard value.count <= text.count else { return false }
        let shorter = min(text.count, other.count)
        var start = 0
        while start < shorter, text[start] == other[start] { start += 1 }
        var end = 0
        while end < shorter - start, text[text.count - 1 - end] == other[other.count - 1 - end] { end += 1 }
        let first = max(0, text.count - end - value.count)
        let last = min(start, text.count - value.count)
        guard first <= last else { return false }
        return (first...last).contains { text[$0...].starts(with: value) }
    }
}
