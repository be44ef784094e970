import CaissonBuildModel
import CaissonInsights
import Testing

struct CriticalPathTests {
    private static func saving(_ path: CriticalPath, _ step: Int) -> Duration? {
        path.savings.first { $0.step == step }?.time
    }

    @Test
    func `The chain of a usual build goes from its exporter through the slowest branch to its frontend`() {
        let path = CriticalPath(
            Sample.dossier([
                Sample.step(1, "[internal] load build definition from Dockerfile", 0..<100),
                Sample.step(2, "[internal] load metadata for docker.io/library/debian:12", 100..<600),
                Sample.step(3, "[internal] load build context", 610..<900),
                Sample.step(4, "[build 1/3] FROM docker.io/library/debian:12", 610..<700),
                Sample.step(5, "[build 2/3] RUN make", 700..<5700, [4]),
                Sample.step(6, "[docs 2/2] RUN doc", 700..<3700, [4]),
                Sample.step(7, "[build 3/3] COPY . .", 5700..<5800, [5, 3]),
                Sample.step(8, "exporting to image", 5820..<6000),
            ])
        )
        #expect(path.elements.map(\.step) == [1, 2, 4, 5, 7, 8])
        #expect(path.elements.map(\.link) == [.start, .follows(1), .follows(2), .input(4), .input(5), .follows(7)])
        #expect(path.elements.map(\.wait) == [0, 0, 10, 0, 0, 20].map { .milliseconds($0) })
        #expect(path.span == .seconds(6) && path.outside == .seconds(54))
        #expect(path.running + path.waiting == path.span)
        #expect(path.elements[3].share == 5.0 / 6)
        // Without `make` the documentation decides: 2.1 s later than the other branch would end.
        #expect(Self.saving(path, 5) == .milliseconds(2100))
        #expect(Self.saving(path, 6) == nil)
        #expect(Self.saving(path, 2) == .milliseconds(500))
        #expect(Self.saving(path, 7) == .milliseconds(100))
        #expect(path.savings.first?.step == 5)
    }

    @Test
    func `A wait is told with the step that was in the way`() {
        let steps = [
            Sample.step(1, "a", 0..<1000), Sample.step(2, "b", 0..<4990), Sample.step(3, "c", 5000..<6000, [1]),
        ]
        let last = CriticalPath(Sample.dossier(steps)).elements.last
        #expect(last?.link == .input(1) && last?.wait == .seconds(4) && last?.occupant == 2)
        let free = [steps[0], Sample.step(2, "b", 0..<3000), steps[2]]
        let path = CriticalPath(Sample.dossier(free))
        #expect(path.elements.last?.occupant == nil && path.elements.last?.waitShare == 4.0 / 6)
        #expect(path.savings.map(\.step) == [1, 3] && path.savings.allSatisfy { $0.time == .seconds(1) })
    }

    @Test
    func `A step that was broken off counts until the end of the build`() {
        var step = Sample.step(2, "b", 1000..<1000, [1])
        step.completed = nil
        let steps = [Sample.step(1, "a", 0..<1000), step]
        let path = CriticalPath(Sample.dossier(steps, status: .failed))
        #expect(path.elements.map(\.duration) == [.seconds(1), .seconds(59)])
        #expect(CriticalPath(Sample.dossier(steps, status: .running)).elements.map(\.step) == [1])
    }

    @Test
    func `An input that ended after its step began, or after it ended, makes no time of its own`() {
        let path = CriticalPath(
            Sample.dossier([
                Sample.step(1, "a", 0..<1000), Sample.step(2, "b", 400..<1500, [1, 3]), Sample.step(3, "c", 0..<1400),
            ])
        )
        #expect(path.elements.map(\.step) == [3, 2])
        #expect(path.elements.last?.decisive == .milliseconds(100))
        #expect(path.elements.last?.duration == .milliseconds(1100))
        let late = CriticalPath(Sample.dossier([Sample.step(1, "a", 0..<9000), Sample.step(2, "b", 0..<500, [1])]))
        #expect(late.elements.map(\.step) == [1])
    }

    @Test(arguments: [[], [Sample.step(1, "a")], [Sample.step(1, "a", 0..<0, [1, 1, 7])]])
    func `A build without times has no chain that takes any`(steps: [StepRecord]) {
        let path = CriticalPath(Sample.dossier(steps))
        #expect(path.span == .zero && path.savings.isEmpty && path.elements.allSatisfy { $0.share == 0 })
    }

    @Test
    func `In a chain every step saves its time`() {
        let steps = (1...50).map { Sample.step($0, "s", ($0 * $0)..<($0 + 1) * ($0 + 1), $0 > 1 ? [$0 - 1] : []) }
        let path = CriticalPath(Sample.dossier(steps))
        #expect(path.elements.map(\.step) == Array(1...50))
        for number in 1...50 { #expect(Self.saving(path, number) == .milliseconds(2 * number + 1)) }
    }

    @Test
    func `Ten thousand steps are no matter`() {
        var random = SeededGenerator(state: 1)
        let steps = (1...10_000).map { number in
            let start = number * 3
            let inputs = number > 1 ? (0..<3).map { _ in Int.random(in: 1..<number, using: &random) } : []
            return Sample.step(number, "s", start..<(start + Int.random(in: 0...3, using: &random)), inputs)
        }
        let clock = ContinuousClock()
        let time = clock.measure { #expect(!CriticalPath(Sample.dossier(steps)).elements.isEmpty) }
        #expect(time < .seconds(20), "\(time)")
    }

    @Test
    func `No dossier is too odd`() {
        for seed in 0..<500 {
            var random = SeededGenerator(state: UInt64(seed))
            let dossier = Sample.hostile(&random)
            let path = CriticalPath(dossier)
            #expect(path.running + path.waiting == path.span, "seed \(seed)")
            #expect(path.elements.count <= dossier.steps.count, "seed \(seed)")
        }
    }
}
