/// A regular expression as steps for the simulation of all its threads at once: the time is text length × program
/// length at most, whatever the regular expression.
package struct RegexProgram: Sendable {
    /// A step of a thread.
    enum Step: Sendable {
        /// Takes this scalar.
        case scalar(UInt32)
        /// Takes a scalar of this folded form.
        case folded(UInt32)
        /// Takes a scalar of the set at this place.
        case set(Int)
        /// Takes a scalar, or one that is no line break.
        case any(matchesLineBreak: Bool)
        /// Goes on where this holds.
        case assertion(RegexTree.Assertion)
        /// Goes on at both, the first one with priority.
        case split(Int, Int)
        /// Goes on there.
        case jump(Int)
        /// Notes the place in the text.
        case save(Int)
        /// The end.
        case match
    }

    /// The steps, from the first one.
    private(set) var steps: [Step]
    /// The sets that steps name.
    private(set) var sets: [ScalarSet]
    /// Bytes that every text that it matches has.
    package let needed: ByteSet

    /// Compiles a regular expression to tell whether it matches; it has no groups then.
    package init(_ text: [UInt32]) throws(RegexError) {
        self.init(try RegexParser.parse(text), keepingGroups: false)
    }

    /// Compiles a regular expression that was read.
    init(_ tree: RegexTree, keepingGroups: Bool) {
        var compiler = RegexCompiler(tree: tree, keepsGroups: keepingGroups)
        compiler.compile()
        (steps, sets) = (compiler.steps, compiler.sets)
        needed = tree.root.needed
    }

    /// How a text must begin that the program matches at its start.
    enum Beginning {
        case anything
        /// Only the start of the whole text will do.
        case textStart
        /// This byte comes first.
        case byte(UInt8)
    }

    /// How a text must begin that the program matches at its start.
    var beginning: Beginning {
        for step in steps {
            switch step {
            case .save: continue
            case .assertion(.textStart): return .textStart
            case .scalar(let scalar): return scalar < 0x80 ? .byte(UInt8(scalar)) : .anything
            default: return .anything
            }
        }
        return .anything
    }

    /// Whether the regular expression matches anywhere in the path.
    package func matches(_ path: Span<UInt8>) -> Bool {
        var threads = Threads(capacity: steps.count)
        var current: [Int] = []
        var upcoming: [Int] = []
        var index = 0
        var previous: UInt32?
        while true {
            let isAtEnd = index >= path.count
            let (scalar, width) = isAtEnd ? (0, 1) : decodeScalar(path, at: index)
            threads.place = Place(previous: previous, next: isAtEnd ? nil : scalar)
            threads.startPlace()
            current.removeAll(keepingCapacity: true)
            for thread in upcoming where threads.add(thread, of: steps, to: &current) { return true }
            if threads.add(0, of: steps, to: &current) { return true }
            if isAtEnd { return false }
            upcoming.removeAll(keepingCapacity: true)
            for thread in current where takes(steps[thread], scalar) { upcoming.append(thread + 1) }
            previous = scalar
            index += width
        }
    }

    /// Whether a step takes a scalar.
    func takes(_ step: Step, _ scalar: UInt32) -> Bool {
        switch step {
        case .scalar(let wanted): wanted == scalar
        case .folded(let wanted): wanted == CaseFolding.folded(scalar)
        case .set(let place): sets[place].contains(scalar)
        case .any(let matchesLineBreak): matchesLineBreak || scalar != 0x0A
        default: false
        }
    }

    /// The scalars around a place in the text.
    struct Place {
        var previous: UInt32?
        var next: UInt32?

        /// Whether the place is of this kind.
        func holds(_ assertion: RegexTree.Assertion) -> Bool {
            switch assertion {
            case .textStart: previous == nil
            case .textEnd: next == nil
            case .lineStart: previous == nil || previous == "\n"
            case .lineEnd: next == nil || next == "\n"
            case .wordBoundary: isWord(previous) != isWord(next)
            case .noWordBoundary: isWord(previous) == isWord(next)
            }
        }

        private func isWord(_ scalar: UInt32?) -> Bool { scalar.map(ScalarSet.isWord) ?? false }
    }

    /// The threads that are alive at one place, each once.
    private struct Threads {
        var place = Place()
        private var seen: [UInt32]
        private var round: UInt32 = 0
        private var stack: [Int] = []

        init(capacity: Int) { seen = [UInt32](repeating: 0, count: capacity) }

        /// Forgets the threads of the place before.
        mutating func startPlace() { round &+= 1 }

        /// Follows the steps that take nothing; true when they lead to a match.
        mutating func add(_ thread: Int, of steps: [Step], to alive: inout [Int]) -> Bool {
            stack.append(thread)
            while let thread = stack.popLast() {
                if seen[thread] == round { continue }
                seen[thread] = round
                switch steps[thread] {
                case .match: return true
                case .jump(let target): stack.append(target)
                case .split(let one, let other): stack += [other, one]
                case .assertion(let assertion): if place.holds(assertion) { stack.append(thread + 1) }
                case .save: stack.append(thread + 1)
                case .scalar, .folded, .set, .any: alive.append(thread)
                }
            }
            return false
        }
    }
}
