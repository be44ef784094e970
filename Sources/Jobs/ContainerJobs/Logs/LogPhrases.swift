import CaissonText

/// The phrases that logs are searched for, as one machine of states that is told byte by byte.
///
/// A state is how far into each phrase the last bytes reach; all of them are found beforehand, so that a byte costs one
/// look into a table, however many phrases there are and however long a line is.
struct LogPhrases: Sendable {
    /// What a line has.
    struct Marks: OptionSet, Sendable, Hashable {
        let rawValue: UInt16

        static let error = Marks(rawValue: 1)
        static let warning = Marks(rawValue: 2)

        static func hint(_ place: Int) -> Marks { Marks(rawValue: 4 << UInt16(place)) }
    }

    /// A phrase, each of its places with the bytes that may stand there.
    private typealias Phrase = (marks: Marks, places: [Set<UInt8>])

    /// The machine of all phrases.
    static let all = LogPhrases(phrases)
    /// A step has this bit where more has to be done than to go on.
    static let event: UInt16 = 0x8000

    /// What kind of byte each is, of those that phrases tell apart.
    let classes: [UInt8]
    /// How many kinds there are at most.
    static let classCount = 64
    /// The next state, by state and kind of byte.
    private(set) var steps: [UInt16] = []
    /// What has been found where a state is reached.
    private(set) var marks: [Marks] = []

    /// The state behind a byte.
    func step(from state: UInt16, _ byte: UInt8) -> UInt16 {
        steps[Int(state) * Self.classCount + Int(classes[Int(byte)])]
    }

    /// The state at the beginning of a line.
    var beginning: UInt16 { step(from: 0, 0x0A) & ~Self.event }

    // MARK: Phrases

    private static let errors = [
        "error:", "compiler lacks", "no configuration exists", "not found", "no such file or directory",
        "no rule to make target", "failed to merge target specific data of file", "undefined reference to",
    ]

    /// In letters of any case.
    private static func places(_ phrase: String) -> [Set<UInt8>] {
        phrase.utf8.map { byte in byte.isLowercase ? [byte, byte & ~0x20] : [byte] }
    }

    private static var phrases: [Phrase] {
        var all: [Phrase] = errors.map { (.error, places($0)) } + [(.warning, places("warning:"))]
        for (place, hint) in LogHint.allCases.enumerated() {
            all += hint.phrases.map { (.hint(place), places($0)) }
            if hint == .killed { all.append((.hint(place), killed)) }
        }
        return all
    }

    /// The word that shells, make and compilers write for the signal, and no part of a file's name or of a program.
    private static var killed: [Set<UInt8>] {
        let before = Set("\n\r\t [(:".unicodeScalars.map { UInt8($0.value) })
        let behind = Set("\n\r\t ]),:;!".unicodeScalars.map { UInt8($0.value) })
        return [before] + "Killed".utf8.map { [$0] } + [behind]
    }
}

extension LogPhrases {
    /// A place of a phrase, among those of all.
    private struct Place {
        var bytes: Set<UInt8>
        var isFirst: Bool
        /// What has been found behind the last place of a phrase.
        var marks: Marks
    }

    private init(_ phrases: [Phrase]) {
        let places = phrases.flatMap { phrase in
            phrase.places.enumerated().map { place, bytes in
                Place(bytes: bytes, isFirst: place == 0, marks: place + 1 == phrase.places.count ? phrase.marks : [])
            }
        }
        // The ends of lines, and what is no ASCII, are looked at whatever has been found.
        let sets = Set(places.map(\.bytes) + [[0x0A, 0x0D], Set(0x80...0xFF)])
        var numbers: [[Bool]: UInt8] = [:]
        var examples: [UInt8] = []
        classes = (UInt8.min...UInt8.max).map { byte in
            let kind = sets.map { $0.contains(byte) }
            if let number = numbers[kind] { return number }
            let number = UInt8(truncatingIfNeeded: numbers.count)
            numbers[kind] = number
            examples.append(byte)
            return number
        }
        findStates(places, examples)
    }

    private static func marks(of reached: [Int], _ places: [Place]) -> Marks {
        reached.reduce(into: []) { $0.formUnion(places[$1].marks) }
    }

    /// Finds all states by going from each to all that follow it.
    ///
    /// A state is the places that the last bytes reach; the first one is that of none.
    private mutating func findStates(_ places: [Place], _ examples: [UInt8]) {
        let kinds = examples.map { byte in (byte, places.indices.filter { places[$0].bytes.contains(byte) }) }
        var known: [[Int]] = [[]]
        var numbers: [[Int]: UInt16] = [[]: 0]
        marks = [[]]
        var next = 0
        while next < known.count {
            var row = [UInt16](repeating: 0, count: Self.classCount)
            for (kind, (byte, candidates)) in kinds.enumerated() {
                let reached = candidates.filter { places[$0].isFirst || known[next].contains($0 - 1) }
                let number = numbers[reached] ?? UInt16(truncatingIfNeeded: known.count)
                if numbers.updateValue(number, forKey: reached) == nil {
                    known.append(reached)
                    marks.append(Self.marks(of: reached, places))
                }
                let isEvent = byte == 0x0A || byte >= 0x80 || !marks[Int(number)].isEmpty
                row[kind] = number | (isEvent ? Self.event : 0)
            }
            steps += row
            next += 1
        }
    }
}
