/// A regular expression compiled for simulation of all its threads at once: the time is path length × program length
/// at most, whatever the pattern.
package struct RegexProgram: Sendable {
    private enum Step: Sendable {
        case scalar(UInt32)
        case set(ScalarSet)
        case any
        case assertion(RegexNode.Assertion)
        case split(Int, Int)
        case jump(Int)
        case match
    }

    /// The most steps a pattern may need.
    static let longest = 100_000

    private var steps: [Step] = []
    /// Bytes that every text that it matches has.
    package let needed: ByteSet

    /// Compiles a regular expression.
    package init(_ text: [UInt32]) throws(RegexError) {
        let node = try RegexParser.parse(text)
        needed = node.needed
        try emit(node)
        steps.append(.match)
    }

    private mutating func emit(_ node: RegexNode) throws(RegexError) {
        guard steps.count < Self.longest else { throw RegexError(reason: "its repetitions are too many") }
        switch node {
        case .scalar(let scalar): steps.append(.scalar(scalar))
        case .set(let set): steps.append(.set(set))
        case .any: steps.append(.any)
        case .assertion(let assertion): steps.append(.assertion(assertion))
        case .sequence(let nodes): for node in nodes { try emit(node) }
        case .choice(let nodes): try emit(choice: nodes)
        case .repeated(let node, let least, let most):
            for _ in 0..<least { try emit(node) }
            if let most {
                for _ in least..<most { try emit(optional: node) }
            } else {
                let start = steps.count
                try emit(optional: node)
                steps.append(.jump(start))
                steps[start] = .split(start + 1, steps.count)
            }
        }
    }

    private mutating func emit(optional node: RegexNode) throws(RegexError) {
        let start = steps.count
        steps.append(.jump(0))
        try emit(node)
        steps[start] = .split(start + 1, steps.count)
    }

    private mutating func emit(choice nodes: [RegexNode]) throws(RegexError) {
        var exits: [Int] = []
        for (index, node) in nodes.enumerated() {
            let start = steps.count
            if index < nodes.count - 1 { steps.append(.jump(0)) }
            try emit(node)
            guard index < nodes.count - 1 else { break }
            exits.append(steps.count)
            steps.append(.jump(0))
            steps[start] = .split(start + 1, steps.count)
        }
        for exit in exits { steps[exit] = .jump(steps.count) }
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
            for thread in current where consumes(steps[thread], scalar) { upcoming.append(thread + 1) }
            previous = scalar
            index += width
        }
    }

    private func consumes(_ step: Step, _ scalar: UInt32) -> Bool {
        switch step {
        case .scalar(let wanted): wanted == scalar
        case .set(let set): set.contains(scalar)
        case .any: scalar != 0x0A
        default: false
        }
    }

    /// The scalars around a place in the text.
    private struct Place {
        var previous: UInt32?
        var next: UInt32?

        func holds(_ assertion: RegexNode.Assertion) -> Bool {
            switch assertion {
            case .textStart: previous == nil
            case .textEnd: next == nil
            case .wordBoundary: isWord(previous) != isWord(next)
            case .noWordBoundary: isWord(previous) == isWord(next)
            }
        }

        private func isWord(_ scalar: UInt32?) -> Bool {
            switch scalar ?? 0 {
            case 0x30...0x39, 0x41...0x5A, 0x5F, 0x61...0x7A: true
            default: false
            }
        }
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

        /// Follows the steps that consume nothing; true when they lead to a match.
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
                case .scalar, .set, .any: alive.append(thread)
                }
            }
            return false
        }
    }
}
