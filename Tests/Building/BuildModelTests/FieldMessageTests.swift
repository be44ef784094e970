import CaissonBuildModel
import Testing

@Suite struct FieldMessageTests {
    @Test func `a field has its own name until a face of the program spells it`() {
        let advice: FieldMessage = "; name it with \(field: .dockerfile)"
        let error = BuildError(.usage, "\(field: .tags) \(1) isn't there\(message: advice)")
        #expect(error.message == "tags 1 isn't there; name it with dockerfile")
        #expect(error.fields == [.tags, .dockerfile])
        let spelled = error.spelled { "<\($0.rawValue)>" }
        #expect(spelled.message == "<tags> 1 isn't there; name it with <dockerfile>")
        #expect(spelled.code == .usage && spelled.fields == [])
    }
}
