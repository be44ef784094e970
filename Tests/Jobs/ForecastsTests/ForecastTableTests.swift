import Testing

@Suite struct ForecastTableTests {
    static let cases = ForecastCase.inputs + ForecastCase.texts + ForecastCase.stages

    @Test(arguments: cases) func `what happens is what was foreseen`(_ item: ForecastCase) {
        let tally = item.tally()
        #expect(tally.mistakes.isEmpty, "\(tally.mistakes)")
        #expect(tally.wrong == 0)
    }

    @Test func `hardly any step of the table is unknown`() {
        var all = SimulatedSeries.Tally()
        for item in Self.cases {
            let tally = item.tally()
            all.right += tally.right
            all.unknown += tally.unknown
            all.wrong += tally.wrong
        }
        #expect(Self.cases.count >= 60)
        #expect(all.wrong == 0)
        #expect(all.unknown * 20 <= all.right + all.unknown)
    }
}
