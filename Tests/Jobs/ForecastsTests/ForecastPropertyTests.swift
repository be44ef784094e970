import CaissonBuildModel
import Testing

@Suite struct ForecastPropertyTests {
    @Test func `no random build does what wasn't foreseen`() {
        var all = SimulatedSeries.Tally()
        for seed in 0..<120 {
            var random = SeededGenerator(state: UInt64(seed))
            var world = SimulatedWorld(file: Self.file(&random))
            var series = SimulatedSeries()
            for _ in 0..<6 {
                series.build(world)
                Self.change(&world, &random)
                let tally = series.check(world)
                all.right += tally.right
                all.unknown += tally.unknown
                all.wrong += tally.wrong
                #expect(tally.mistakes.isEmpty, "seed \(seed): \(tally.mistakes)\n\(world.file.text)")
            }
        }
        #expect(all.wrong == 0)
        #expect(all.right > 3 * all.unknown, "\(all.right) right, \(all.unknown) unknown")
    }

    private static func file(_ random: inout SeededGenerator) -> SimulatedFile {
        let count = Int.random(in: 1...3, using: &random)
        var stages: [SimulatedFile.Stage] = []
        for index in 0..<count {
            let isBased = index > 0 && random.chance(30)
            let base =
                isBased ? "s\(index - 1)" : ["alpine:3", "debian:12", "scratch"].randomElement(using: &random) ?? ""
            let lines = (0..<Int.random(in: 1...6, using: &random)).map { _ in line(index, &random) }
            stages.append(SimulatedFile.Stage(name: "s\(index)", base: base, lines: lines))
        }
        return SimulatedFile(stages: stages)
    }

    private static func line(_ stage: Int, _ random: inout SeededGenerator) -> SimulatedFile.Line {
        let number = Int.random(in: 0...2, using: &random)
        let earlier = "s\(Int.random(in: 0...max(0, stage - 1), using: &random))"
        switch Int.random(in: 0..<(stage > 0 ? 13 : 10), using: &random) {
        case 0: return .env("E\(number)", "v\(Int.random(in: 0...2, using: &random))")
        case 1: return .arg("A\(number)", random.chance(50) ? "d" : nil)
        case 2: return .workdir(["/w", "w", "/w/$E1"].randomElement(using: &random) ?? "/w")
        case 3: return .user("u\(number)")
        case 4:
            return .copy([["src"], ["."], ["go.mod"], ["docs", "src"]].randomElement(using: &random) ?? ["."], "/c/")
        case 5: return .run("ls /m", mount: ["docs", "src"].randomElement(using: &random))
        case 6: return .run("date > /out", .fresh)
        case 7: return .run("echo 1 > /out", .constant)
        case 8, 9: return .run("make \(number)")
        case 10: return .run("cat /m/out", mount: "/out", mountStage: earlier)
        default: return .copyFrom(earlier, ["/out", "/c"].randomElement(using: &random) ?? "/out", "/from/")
        }
    }

    private static func change(_ world: inout SimulatedWorld, _ random: inout SeededGenerator) {
        (world.noCache, world.failing) = (.off, [])
        let stage = Int.random(in: 0..<world.file.stages.count, using: &random)
        let number = Int.random(in: 0...2, using: &random)
        switch Int.random(in: 0..<12, using: &random) {
        case 0: world.files["src/a.c"] = Int.random(in: 1...3, using: &random)
        case 1: world.files["docs/y\(number).md"] = random.chance(50) ? 1 : nil
        case 2: world.arguments["A\(number)"] = ["x", "y", nil].randomElement(using: &random) ?? nil
        case 3: world.bases["alpine:3"] = ["aa", "bb"].randomElement(using: &random)
        case 4: world.noCache = random.chance(50) ? .all : .stages(["s\(stage)"])
        case 5: world.failing = ["make \(number)", "ls /m"]
        case 6:
            let place = Int.random(in: 0...world.file.stages[stage].lines.count, using: &random)
            world.file.stages[stage].lines.insert(line(stage, &random), at: place)
        case 7:
            guard !world.file.stages[stage].lines.isEmpty else { return }
            world.file.stages[stage].lines.remove(
                at: Int.random(in: 0..<world.file.stages[stage].lines.count, using: &random)
            )
        case 8: world.target = random.chance(50) ? "s\(stage)" : nil
        case 9: world.knowsBases.toggle()
        default: world.files["go.mod"] = Int.random(in: 1...2, using: &random)
        }
    }
}
