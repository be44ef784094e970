import CaissonText

/// Tells why two builds differ at a place, by what stands around it.
struct CauseFinder {
    private let context: DifferenceContext
    /// The text around the difference in both, and where in it the difference is.
    private let first: [UInt8]
    private let second: [UInt8]
    private let place: Int

    init(_ context: DifferenceContext) {
        let text = context.text
        self.context = context
        first = text.before + text.first
        second = text.before + text.second
        place = text.before.count
    }

    /// The cause; nil where it isn't plain.
    var cause: DifferenceCause? {
        if isBuildID { return .buildID }
        let words = (word(first, Self.isWord), word(second, Self.isWord))
        if both(words, { $0.starts(with: Array("RANDSTRUCT".utf8)) }) { return .seed }
        if both(words, Self.isBuildNumber) { return .buildNumber }
        if TimeText.isTime(first, at: place) && TimeText.isTime(second, at: place) { return .time }
        if both(words, Self.isSecondsCount) { return .time }
        if both(words, Self.isBuilder) { return .builder }
        if both((word(first, Self.isOfPath), word(second, Self.isOfPath)), isPath) { return .path }
        return nil
    }

    private func both(_ words: (ArraySlice<UInt8>, ArraySlice<UInt8>), _ holds: (ArraySlice<UInt8>) -> Bool) -> Bool {
        holds(words.0) && holds(words.1)
    }

    /// The bytes around the difference that are of the same word.
    private func word(_ text: [UInt8], _ isPart: (UInt8) -> Bool) -> ArraySlice<UInt8> {
        let start = text[..<place].lastIndex { !isPart($0) }.map { $0 + 1 } ?? 0
        let end = text[place...].firstIndex { !isPart($0) } ?? text.count
        return text[start..<end]
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        byte.isAlphanumeric || "#@._-+".utf8.contains(byte)
    }

    private static func isOfPath(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte < 0x7F && !"\"'`=:;,()<>[]{}".utf8.contains(byte)
    }

    /// Whether it is the number before `SMP` in a banner, such as `#2`.
    private static func isBuildNumber(_ word: ArraySlice<UInt8>) -> Bool {
        word.first == UInt8(ascii: "#") && word.count > 1 && word.dropFirst().allSatisfy(\.isDigit)
    }

    /// Whether it is a time in seconds since 1970, from 2001 to 2033.
    private static func isSecondsCount(_ word: ArraySlice<UInt8>) -> Bool {
        word.count == 10 && word.first == UInt8(ascii: "1") && word.allSatisfy(\.isDigit)
    }

    /// Whether it is a user and a host, as in a banner.
    private static func isBuilder(_ word: ArraySlice<UInt8>) -> Bool {
        let parts = word.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { $0.contains(where: \.isAlphanumeric) }
    }

    /// Whether the difference is within a path, absolute or of three names at least; an option may be before it.
    private func isPath(_ word: ArraySlice<UInt8>) -> Bool {
        let slash = UInt8(ascii: "/")
        guard let root = word.firstIndex(of: slash), root <= place else { return false }
        let isOption = word.first == UInt8(ascii: "-") && root - word.startIndex == 2
        return (root == word.startIndex && word.count > 2) || isOption || word.count { $0 == slash } >= 2
    }

    /// Whether a note of GNU's with the type of build ids begins shortly before.
    private var isBuildID: Bool {
        let marks: [[UInt8]] = [[3, 0, 0, 0, 0x47, 0x4E, 0x55, 0], [0, 0, 0, 3, 0x47, 0x4E, 0x55, 0]]
        let near = Array(context.before.suffix(8 + 32))
        guard near.count >= 8 else { return false }
        return (0...near.count - 8).contains { start in marks.contains { near[start...].starts(with: $0) } }
    }
}

/// Dates and times of day in a text, as `__DATE__`, `__TIME__`, `date` and the kernel's banner write them.
enum TimeText {
    private static let names: Set<[UInt8]> = Set(
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"].map { Array($0.utf8) }
    )
    private static let days: Set<[UInt8]> = Set(
        ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].map { Array($0.utf8) }
    )
    /// How far from the place a time may begin or end.
    private static let reach = 32

    /// Whether the place is within a date or a time.
    static func isTime(_ text: [UInt8], at place: Int) -> Bool {
        let start = max(0, place - reach)
        let near = Array(text[start..<min(text.count, place + reach)])
        var found = near.map { _ in false }
        for index in near.indices {
            for position in index..<min(near.count, index + length(near[index...])) { found[position] = true }
        }
        spread(&found, near)
        return found.indices.contains(place - start) && found[place - start]
    }

    /// How many bytes of a date or time begin there; 0 for none.
    private static func length(_ text: ArraySlice<UInt8>) -> Int {
        if has(text, "00:00:00") { return 8 }
        if has(text, "0000-00-00") { return 10 }
        let word = Array(text.prefix(3))
        let isWhole = text.dropFirst(3).first.map { !$0.isAlphanumeric } ?? true
        guard isWhole else { return 0 }
        if names.contains(word) { return text.dropFirst(4).prefix(2).contains(where: \.isDigit) ? 3 : 0 }
        // A day of the week alone may be a word of another kind.
        let next = Array(text.dropFirst(3).drop { $0 == 0x20 || $0 == 0x2C }.prefix(6))
        let isDated = names.contains(Array(next.prefix(3))) || next.first.map(\.isDigit) == true
        return days.contains(word) && isDated ? 3 : 0
    }

    /// Whether a text begins in this form, in which 0 is any digit.
    private static func has(_ text: ArraySlice<UInt8>, _ form: String) -> Bool {
        let form = form.utf8
        return text.count >= form.count
            && zip(text, form).allSatisfy { $1 == UInt8(ascii: "0") ? $0.isDigit : $0 == $1 }
    }

    /// A date goes on over the digits and what is between them, such as a day, a year or a zone.
    private static func spread(_ found: inout [Bool], _ text: [UInt8]) {
        let isBetween = { (byte: UInt8) in byte.isDigit || " ,:.+-/TZUC".utf8.contains(byte) }
        for index in text.indices.dropFirst() where found[index - 1] && isBetween(text[index]) { found[index] = true }
        for index in text.indices.dropLast().reversed() where found[index + 1] && isBetween(text[index]) {
            found[index] = true
        }
    }
}
