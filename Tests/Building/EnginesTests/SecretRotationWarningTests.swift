import CaissonBuildModel
import CaissonSecrets
import Testing

@testable import CaissonEngines

@Suite struct SecretRotationWarningTests {
    @Test(arguments: [
        ("FROM a\nRUN --mount=type=secret,id=t true", 2),
        ("FROM a\nARG CAISSON_SECRET_T\nRUN --mount=type=secret,id=t true", nil),
        ("ARG CAISSON_SECRET_T\nFROM a\nRUN --mount=type=secret,id=t true", 3),
        ("FROM a\nRUN --mount=type=secret,id=t true\nARG CAISSON_SECRET_T", 2),
        ("FROM a AS b\nARG X CAISSON_SECRET_T=\nFROM B\nRUN --mount=type=secret,id=t true", nil),
        ("FROM a AS b\nARG CAISSON_SECRET_T\nFROM c\nRUN --mount=type=secret,id=t true", 4),
        ("FROM a\nRUN --mount=type=cache,id=t true\nRUN --mount=type=secret,id=other true", nil),
        ("FROM a\nRUN --mount=target=/run/t,type=secret true", 2),
        ("FROM a\nRUN --network=none \\\n  --mount=type=secret,src=t true", 2),
    ])
    func `a stage without the argument is found`(dockerfile: String, line: Int?) throws {
        var request = BuildRequest(context: .empty, dockerfile: .text(Array(dockerfile.utf8)))
        request.secrets = [SecretSpec(id: "t", source: .environment("V"), rotates: true)]
        let warnings = try SecretRotation(request).warnings(for: request)
        #expect(warnings.count == (line == nil ? 0 : 1))
        if let line { #expect(warnings.first?.contains("line \(line) ") == true) }
    }
}
