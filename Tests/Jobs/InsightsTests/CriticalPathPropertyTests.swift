import CaissonBuildModel
import CaissonInsights
import Testing

struct CriticalPathPropertyTests {
    /// A step for the slow reckoning, in milliseconds.
    private struct Timed {
        var number: Int
        var start: Int
        var end: Int
        var inputs: [Int]
    }

    /// The steps in the order of their ends, each first of its number.
    private static func timed(_ steps: [(number: Int, times: Range<Int>?, inputs: [Int])]) -> [Timed] {
        let all = steps.compactMap { step in
            step.times.map { Timed(number: step.number, start: $0.lowerBound, end: $0.upperBound, inputs: step.inputs) }
        }
        let origin = all.map(\.start).min() ?? 0
        return all.map { Timed(number: $0.number, start: $0.start - origin, end: $0.end - origin, inputs: $0.inputs) }
            .enumerated()
            .sorted { ($0.element.end, $0.element.start, $0.offset) < ($1.element.end, $1.element.start, $1.offset) }
            .map(\.element)
    }

    /// What each step waits for, by place in the order of the ends.
    private static func needs(_ steps: [Timed], _ place: Int) -> [Int] {
        let earlier = 0..<place
        let inputs = earlier.filter { steps[place].inputs.contains(steps[$0].number) }
        return inputs.isEmpty ? earlier.filter { steps[$0].end <= steps[place].start } : inputs
    }

    /// When the last step ends if the one at a place takes no time.
    private static func end(_ steps: [Timed], without place: Int?) -> Int {
        var ends: [Int] = []
        for (current, step) in steps.enumerated() {
            let needs = needs(steps, current)
            let ready = needs.map { steps[$0].end }.max() ?? 0
            let wait = max(0, step.start - ready)
            let own = place == current ? 0 : step.end - max(step.start, ready)
            ends.append((needs.map { ends[$0] }.max() ?? 0) + wait + own)
        }
        return ends.max() ?? 0
    }

    private static func random(_ random: inout SeededGenerator) -> [(number: Int, times: Range<Int>?, inputs: [Int])] {
        let count = Int.random(in: 1...14, using: &random)
        let isOrderly = random.chance(60)
        var steps: [(number: Int, times: Range<Int>?, inputs: [Int])] = []
        for number in 1...count {
            var inputs = (0..<Int.random(in: 0...3, using: &random)).map { _ in
                Int.random(in: 0...count + 1, using: &random)
            }
            if isOrderly { inputs = inputs.filter { $0 < number } }
            let ready = inputs.compactMap { input in steps.first { $0.number == input }?.times?.upperBound }.max() ?? 0
            let wait = random.chance(50) ? 0 : Int.random(in: 0...9, using: &random)
            let start = isOrderly ? ready + wait : Int.random(in: 0...20, using: &random)
            let times = start..<(start + Int.random(in: 0...20, using: &random))
            steps.append((number, random.chance(5) ? nil : times, inputs))
        }
        return steps.shuffled(using: &random)
    }

    @Test
    func `Savings are those of a schedule that is reckoned anew for each step`() {
        for seed in 0..<700 {
            var random = SeededGenerator(state: UInt64(seed))
            let steps = Self.random(&random)
            let path = CriticalPath(Sample.dossier(steps.map { Sample.step($0.number, "s", $0.times, $0.inputs) }))
            let timed = Self.timed(steps)
            let whole = Self.end(timed, without: nil)
            #expect(path.span == .milliseconds(timed.last?.end ?? 0) && whole == timed.last?.end ?? 0, "seed \(seed)")
            let expected = timed.indices.map { (timed[$0].number, whole - Self.end(timed, without: $0)) }
                .filter { $0.1 > 0 }
                .sorted { (-$0.1, $0.0) < (-$1.1, $1.0) }
            #expect(path.savings.map(\.step) == expected.map(\.0), "seed \(seed)")
            #expect(path.savings.map(\.time) == expected.map { .milliseconds($0.1) }, "seed \(seed)")
        }
    }

    @Test
    func `A chain is without gaps, in the order of time, and holds all that would save something`() {
        for seed in 0..<700 {
            var random = SeededGenerator(state: UInt64(seed))
            let steps = Self.random(&random)
            let dossier = Sample.dossier(steps.map { Sample.step($0.number, "s", $0.times, $0.inputs) })
            let path = CriticalPath(dossier)
            let timed = Dictionary(Self.timed(steps).map { ($0.number, $0) }) { first, _ in first }
            var reached = Duration.zero
            for element in path.elements {
                reached += element.wait + element.decisive
                #expect(reached == timed[element.step].map { .milliseconds($0.end) }, "seed \(seed)")
                #expect(element.decisive <= element.duration, "seed \(seed)")
            }
            #expect(reached == path.span, "seed \(seed)")
            let chain = Set(path.elements.map(\.step))
            #expect(chain.count == path.elements.count, "seed \(seed)")
            #expect(path.savings.allSatisfy { chain.contains($0.step) }, "seed \(seed)")
            for saving in path.savings {
                let element = path.elements.first { $0.step == saving.step }
                #expect(saving.time <= element?.decisive ?? .zero, "seed \(seed)")
            }
            for (before, element) in zip(path.elements, path.elements.dropFirst()) {
                #expect([.input(before.step), .follows(before.step)].contains(element.link), "seed \(seed)")
            }
        }
    }
}
