import CaissonText
import Testing

struct GoBooleanTests {
    @Test(arguments: ["1", "t", "T", "true", "TRUE", "True"])
    func `six words are true`(word: String) { #expect(GoBoolean.parse(word) == true) }

    @Test(arguments: ["0", "f", "F", "false", "FALSE", "False"])
    func `six words are false`(word: String) { #expect(GoBoolean.parse(word) == false) }

    @Test(arguments: ["", "tRUE", "TRue", "yes", "on", "2", "01", " true", "true\n", "t\u{301}", "truefalse"])
    func `all others are neither`(word: String) { #expect(GoBoolean.parse(word) == nil) }
}
