import CaissonBuildModel
import Testing

@testable import CaissonReporting

@Suite("A step as people name it")
struct StepNameTests {
    private func outcome(_ text: String, _ dossier: BuildDossier = BuildSamples.dossier) -> String {
        do throws(BuildError) {
            return String(try dossier.step(named: text).number)
        } catch {
            return error.code == .usage ? error.message : "\(error.code)"
        }
    }

    @Test("A number is a step's number and nothing else")
    func numbers() {
        #expect(outcome("6") == "6")
        // In the name of step 2 there is 1.24.
        #expect(outcome("24") == "build ffffffffffff has no step 24; it has 8")
        #expect(outcome("0") == "build ffffffffffff has no step 0; it has 8")
        #expect(
            outcome("-1", BuildDossier(BuildSamples.records[0])) == "build aaaaaaaaaaaa has no step -1; it has none"
        )
    }

    @Test("A name is the whole one, or a part that only one has")
    func names() {
        #expect(outcome("exporting to image") == "8")
        #expect(outcome("make -j4") == "6")
        #expect(
            outcome("[build")
                == "3 steps have \"[build\" in their names; give the number of one: 3, 5, 6"
        )
        #expect(
            outcome("nope")
                == "build ffffffffffff has no step \"nope\"; “caisson builds show ffffffffffff” lists them"
        )
        var many = BuildSamples.dossier
        many.steps = (1...9).map { StepRecord($0, digest: "\($0)", name: "RUN x") }
        #expect(outcome("x", many).hasSuffix("1, 2, 3, 4, 5, …"))
    }

    @Test("The step that failed is shown, not one that was cancelled then")
    func failed() {
        var dossier = BuildSamples.dossier
        #expect(dossier.failedStep == nil)
        dossier.steps[3].error = "context canceled"
        dossier.steps[3].logSize = 5
        #expect(dossier.failedStep?.number == 4)
        dossier.steps[5].logSize = 9
        #expect(dossier.failedStep?.number == 6)
    }

    @Test("How a build stands is a sentence")
    func sentences() {
        let all = BuildStatus.allCases.map(\.sentence)
        #expect(Set(all).count == all.count)
        #expect(BuildStatus.cancelled.sentence == "it was cancelled")
        #expect(BuildStatus.timedOut.sentence == "its time ran out")
    }
}
