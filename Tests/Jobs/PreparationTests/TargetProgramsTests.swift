import CaissonBuildModel
import Testing

@testable import CaissonPreparation

@Suite("Whether a Dockerfile's steps run programs of the platform that is built for")
struct TargetProgramsTests {
    private static func areRun(_ text: String, target: String? = nil, isForeign: Bool = true) -> Bool? {
        var request = BuildRequest(context: .empty, dockerfile: .text(Array(text.utf8)))
        request.target = target
        request.platforms = isForeign ? [Platform(os: "linux", architecture: "riscv64")] : []
        return TargetPrograms.areRun(by: request)
    }

    @Test(
        "A RUN of a stage that is needed and for no other platform runs them",
        arguments: [
            ("FROM a\nRUN x\n", true),
            ("FROM a\nCOPY x /\n", false),
            ("FROM --platform=$BUILDPLATFORM a AS b\nRUN x\nFROM scratch\nCOPY --from=b /x /\n", false),
            ("FROM --platform=$BUILDPLATFORM a AS b\nFROM b AS c\nRUN x\nFROM scratch\nCOPY --from=c /x /\n", false),
            ("FROM --platform=${TARGETPLATFORM} a\nRUN x\n", true),
            ("FROM a AS unused\nRUN x\nFROM scratch\nCOPY x /\n", false),
            ("FROM a AS b\nRUN x\nFROM scratch\nCOPY --from=b /x /\n", true),
            ("FROM a AS b\nRUN x\nFROM b\nCOPY x /\n", true),
            ("# syntax=docker/dockerfile:1\nFROM a\nRUN x\n", true),
        ]
    )
    func reads(text: String, expected: Bool) {
        #expect(Self.areRun(text) == expected)
    }

    @Test("What can't be told isn't")
    func unknown() {
        #expect(Self.areRun("FROM a\nRUN x\n", isForeign: false) == nil)
        #expect(Self.areRun("# syntax=example/other\nFROM a\nRUN x\n") == nil)
        #expect(Self.areRun("FROM\nRUN x\n") == nil)
        #expect(Self.areRun("FROM a AS one\nCOPY x /\nFROM one\nRUN x\n", target: "one") == false)
        #expect(Self.areRun("FROM a AS one\nRUN x\n", target: "two") == nil)
    }
}
