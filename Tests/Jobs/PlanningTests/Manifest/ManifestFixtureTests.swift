import CaissonYAML
import FoundationEssentials
import Testing

@testable import CaissonPlanning

@Suite("Manifests of Fixtures/manifest")
struct ManifestFixtureTests {
    private static let isRecording = ProcessInfo.processInfo.environment["RECORD"] == "1"

    @Test("Each manifest is answered as its case says", arguments: try ManifestCase.all())
    func answers(_ one: ManifestCase) throws {
        let answer = one.run()
        if Self.isRecording {
            try one.record(answer)
            Issue.record("recorded anew: \(one.name)")
        }
        #expect(!one.answer.isEmpty)
        #expect(answer == one.answer)
        #expect(answer.hasPrefix("caisson.yaml:") == one.isBad || answer.hasPrefix("Unknown target"))
    }

    @Test("Every key of every table is in a manifest that is read")
    func keys() throws {
        var seen: Set<String> = []
        for one in try ManifestCase.all() where !one.isBad {
            visit(try YAMLValue(parsing: one.text), .table(.top), &seen)
        }
        for place in ManifestPlace.allCases {
            let keys = ManifestKey.keys(at: place).map(\.name)
            #expect(Set(keys).count == keys.count)
            // Those of defaults are a target's, of which a few are enough.
            for key in keys where place != .defaults {
                #expect(seen.contains("\(place).\(key)"), "no fixture has \(key) at \(place)")
            }
        }
    }

    private func visit(_ value: YAMLValue, _ form: ManifestForm, _ seen: inout Set<String>) {
        switch form.fitting(value) {
        case .table(let place)?:
            let keys = ManifestKey.keys(at: place)
            for entry in value.entries ?? [] {
                guard let key = keys.first(where: { $0.name == entry.key }) else { continue }
                seen.insert("\(place).\(key.name)")
                visit(entry.value, key.form, &seen)
            }
        case .map(let inner, _)?:
            for entry in value.entries ?? [] { visit(entry.value, inner, &seen) }
        case .list(let inner)?:
            for item in value.list ?? [] { visit(item, inner, &seen) }
        default: break
        }
    }
}
