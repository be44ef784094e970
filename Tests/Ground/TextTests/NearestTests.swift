import CaissonText
import Testing

struct NearestTests {
    @Test func `a flag is found whatever its case and with two letters swapped`() {
        #expect(nearest(to: "--platfrom", among: ["--platform", "--pull"]) == "--platform")
        #expect(nearest(to: "PUSH", among: ["push"]) == "push")
        #expect(nearest(to: "xyz", among: ["local", "tar"]) == nil)
        #expect(nearest(to: "", among: ["local"]) == nil)
    }

    @Test func `a word of a Dockerfile is found in its case, up to two letters away`() {
        #expect(Spelling.nearest(to: "VERSOIN", among: ["VERSION"]) == "VERSION")
        #expect(Spelling.nearest(to: "VRSN", among: ["VERSION"]) == nil)
        #expect(Spelling.nearest(to: "ver", among: ["VER"]) == nil)
        #expect(Spelling.nearest(to: "VERSIO", among: ["VERSION", "VERSI"]) == "VERSION")
        #expect(Spelling.nearest(to: "A", among: ["B", "A"]) == nil)
    }
}
