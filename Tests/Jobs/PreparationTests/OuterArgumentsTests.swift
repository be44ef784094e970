import CaissonBuildModel
import Testing

@testable import CaissonPreparation

@Suite struct OuterArgumentsTests {
    private static func notices(_ text: String) -> [String] {
        let request = BuildRequest(context: .empty, dockerfile: .text(Array(text.utf8)))
        return OuterArguments.notices(of: request).map(\.description)
    }

    @Test func `a variable that is empty for its ARG before FROM is told with its place`() {
        let text = "ARG VERSION=1\nFROM scratch\nCOPY a /\nRUN test -n \"$VERSION\"\n"
        #expect(
            Self.notices(text) == [
                "Dockerfile:4: $VERSION is empty there: an ARG before FROM is for FROM alone; write “ARG VERSION” below FROM, too"
            ]
        )
    }

    @Test(arguments: ["# syntax=example/other\nARG V\nFROM a\nRUN $V\n", "ARG V\nFROM\nRUN $V\n", "FROM a\n", ""])
    func `what can't be read is left alone`(text: String) {
        #expect(Self.notices(text).isEmpty)
    }

    @Test func `a file of mistakes doesn't fill the screen`() {
        let names = (1...30).map { "V\($0)" }
        let text = "ARG \(names.joined(separator: " "))\nFROM a\n" + names.map { "RUN echo $\($0)\n" }.joined()
        #expect(Self.notices(text).count == 10)
    }
}
