/// Simulates all threads of a program side by side, with the places where each one's groups begin and end.
///
/// The threads are in the order of their priority, so that the first one that matches is the one that Go's `regexp`
/// finds. Each step of the program has one thread at most: time and memory are bounded, whatever the text.
struct RegexMachine {
    private typealias Thread = (step: Int, block: Int)

    /// What is still to be followed, or to be put back before the next way is followed.
    private enum Work {
        case follow(Int)
        case restore(slot: Int, Int)
    }

    private let program: RegexProgram
    private let beginning: RegexProgram.Beginning
    private let slots: Int
    private var round = 0
    private var seen: [Int]
    private var current: [Thread] = []
    private var upcoming: [Thread] = []
    private var tasks: [Work] = []
    private var place = RegexProgram.Place()

    /// The noted places of all threads, each in a block of its own.
    private var blocks: [Int] = []
    private var freeBlocks: [Int] = []
    /// The noted places of the thread that is being followed.
    private var noted: [Int]
    private var best: [Int]?

    /// Makes a machine, which may search again and again.
    init(_ program: RegexProgram, groupCount: Int) {
        self.program = program
        beginning = program.beginning
        slots = 2 * groupCount
        seen = [Int](repeating: 0, count: program.steps.count)
        noted = [Int](repeating: -1, count: slots)
    }

    /// The places where the groups of the first match begin and end, from a place on; -1 where a group isn't part of it.
    mutating func search(_ text: Span<UInt8>, from start: Int) -> [Int]? {
        best = nil
        release(from: 0)
        var index = start
        place.previous = lastScalar(of: text, before: start)
        while true {
            if upcoming.isEmpty {
                guard best == nil, let next = nextStart(in: text, from: index) else { return best }
                index = next
            }
            let isAtEnd = index >= text.count
            let (scalar, width) = isAtEnd ? (0, 1) : decodeScalar(text, at: index)
            place.next = isAtEnd ? nil : scalar
            follow(at: index)
            advance(isAtEnd ? nil : scalar, at: index)
            if isAtEnd { return best }
            place.previous = scalar
            index += width
        }
    }

    /// Where a match may begin; nil where none can any more.
    private func nextStart(in text: Span<UInt8>, from index: Int) -> Int? {
        switch beginning {
        case .anything: return index
        case .textStart: return index == 0 ? 0 : nil
        case .byte(let byte):
            var index = index
            while index < text.count, text[index] != byte { index += 1 }
            return index < text.count ? index : nil
        }
    }

    /// Follows the threads that took the last scalar, and one that begins here, to the steps that take one.
    private mutating func follow(at index: Int) {
        round += 1
        current.removeAll(keepingCapacity: true)
        for thread in upcoming {
            let start = thread.block * slots
            for slot in 0..<slots { noted[slot] = blocks[start + slot] }
            freeBlocks.append(thread.block)
            follow(thread.step, at: index)
        }
        upcoming.removeAll(keepingCapacity: true)
        guard best == nil else { return }
        for slot in 0..<slots { noted[slot] = -1 }
        follow(0, at: index)
    }

    private mutating func follow(_ step: Int, at index: Int) {
        tasks.append(.follow(step))
        while let task = tasks.popLast() {
            switch task {
            case .restore(let slot, let old): noted[slot] = old
            case .follow(let step):
                if seen[step] == round { continue }
                seen[step] = round
                pass(step, at: index)
            }
        }
    }

    private mutating func pass(_ step: Int, at index: Int) {
        switch program.steps[step] {
        case .jump(let target): tasks.append(.follow(target))
        case .split(let one, let other): tasks += [.follow(other), .follow(one)]
        case .assertion(let assertion): if place.holds(assertion) { tasks.append(.follow(step + 1)) }
        case .save(let slot):
            tasks += [.restore(slot: slot, noted[slot]), .follow(step + 1)]
            noted[slot] = index
        case .scalar, .folded, .set, .any, .match: current.append((step, newBlock()))
        }
    }

    /// Lets the threads take a scalar; the first one that matches ends those of lower priority.
    private mutating func advance(_ scalar: UInt32?, at index: Int) {
        for (order, thread) in current.enumerated() {
            let step = program.steps[thread.step]
            if case .match = step {
                best = Array(blocks[(thread.block * slots)..<((thread.block + 1) * slots)])
                release(from: order)
                return
            }
            if let scalar, program.takes(step, scalar) {
                upcoming.append((thread.step + 1, thread.block))
            } else {
                freeBlocks.append(thread.block)
            }
        }
        current.removeAll(keepingCapacity: true)
    }

    private mutating func release(from order: Int) {
        for thread in current[order...] { freeBlocks.append(thread.block) }
        current.removeAll(keepingCapacity: true)
    }

    /// A block with what is noted now.
    private mutating func newBlock() -> Int {
        guard let block = freeBlocks.popLast() else {
            blocks += noted
            return blocks.count / slots - 1
        }
        for slot in 0..<slots { blocks[block * slots + slot] = noted[slot] }
        return block
    }
}

/// The scalar that ends before a place; nil at the start.
private func lastScalar(of text: Span<UInt8>, before end: Int) -> UInt32? {
    guard end > 0 else { return nil }
    for width in 1...min(4, end) {
        let (scalar, found) = decodeScalar(text, at: end - width)
        if found == width, width > 1 || scalar < 0x80 { return scalar }
    }
    return replacementScalar
}
