import CaissonText
import Testing

@Suite struct ClampedSumTests {
    @Test func `a sum stays where numbers end`() {
        #expect(Int64.max.clampedAdding(1) == .max && Int64.min.clampedAdding(-1) == .min)
        #expect(UInt8(200).clampedAdding(100) == .max && 3.clampedAdding(-5) == -2)
        #expect([Int64.max, Int64.max, 5].clampedSum == .max)
        #expect([Int64.min, -1].clampedSum == .min)
        #expect([1, 2, 3].clampedSum == 6 && [Int]().clampedSum == 0)
    }
}
