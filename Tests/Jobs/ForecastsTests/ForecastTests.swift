import CaissonForecasts
import Testing

@Suite struct ForecastOutcomeTests {
    @Test func `one result is enough, however many other keys there are`() {
        #expect(ForecastOutcome([.otherKey, .result, .unclear]) == .cached)
    }

    @Test func `a step runs only where no build leaves a doubt`() {
        #expect(ForecastOutcome([.otherKey, .noResult]) == .runs)
        #expect(ForecastOutcome([.otherKey, .unclear]) == .unknown)
    }

    @Test func `without a past nothing is claimed`() {
        #expect(ForecastOutcome([]) == .unknown)
    }
}
