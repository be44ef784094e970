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

    @Test func `an error within a message brings its fields, any other error its text`() {
        let inner = BuildError(.usage, "\(field: .secrets) is empty")
        let message: FieldMessage = "node a: " + "\(inner), \(CancellationError()) too"
        #expect(message.fields == [.secrets])
        #expect(message.description == "node a: secrets is empty, CancellationError() too")
    }

    @Test func `texts are changed whole between fields, and fields stay`() {
        let (user, word) = ("hun", "ter2")
        let message: FieldMessage = "\(user)\(word) \(field: .secrets) hunter2"
        var texts: [String] = []
        let masked = message.mapTexts { text in
            texts.append(text)
            return text == "hunter2 " ? "*** " : " ***"
        }
        #expect(texts == ["hunter2 ", " hunter2"])
        #expect(masked.fields == [.secrets] && masked.description == "*** secrets ***")
    }

    @Test func `a notice and a failure are spelled, all else stays`() {
        let error = BuildError(.usage, "\(field: .tags) is wrong")
        let flag = { (field: RequestField) in "--\(field.rawValue)" }
        #expect(BuildEvent.Kind.notice("see \(field: .tags)").spelled(flag) == .notice("see --tags"))
        #expect(BuildEvent.Kind.notice("see \(field: .tags)").words == "see tags")
        #expect(BuildEvent.Kind.finished(.failed(error)).spelled(flag) == .finished(.failed(error.spelled(flag))))
        #expect(BuildEvent.Kind.finished(.cancelled).spelled(flag) == .finished(.cancelled))
    }
}
