import CaissonBuildModel
import Testing

@testable import CaissonPreparation

@Suite struct UnusedInputsTests {
    private static func notices(_ text: String, arguments: [String] = [], secrets: [String] = []) -> [String] {
        var request = BuildRequest(context: .empty, dockerfile: .text(Array(text.utf8)))
        request.buildArgs = Dictionary(uniqueKeysWithValues: arguments.map { ($0, "docker/dockerfile:1") })
        request.secrets = secrets.map { SecretSpec(id: $0) }
        return UnusedInputs.notices(of: request).map(\.description)
    }

    @Test(arguments: [
        "ARG VERSION\nFROM a\n", "FROM a\nARG A=1 VERSION=2\n", "FROM a\nONBUILD ARG VERSION\n",
        "FROM a\narg VERSION=$X\n",
    ])
    func `an argument that some ARG takes is used`(text: String) {
        #expect(Self.notices(text, arguments: ["VERSION"]).isEmpty)
        #expect(
            Self.notices(text, arguments: ["VERSON"]) == [
                "buildArgs VERSON: no ARG of the Dockerfile takes it; did you mean VERSION?"
            ]
        )
    }

    @Test(arguments: [
        "HTTP_PROXY", "no_proxy", "BUILDKIT_SYNTAX", "BUILDKIT_INLINE_CACHE", "SOURCE_DATE_EPOCH", "TARGETARCH",
        "BUILDPLATFORM", "CAISSON_SECRET_X",
    ])
    func `what engines take needs no ARG`(name: String) {
        #expect(Self.notices("FROM a\n", arguments: [name]).isEmpty)
    }

    @Test(arguments: [
        "FROM a\nRUN --mount=type=secret,id=token x\n", "FROM a\nRUN --mount=type=secret,target=/run/token x\n",
        "FROM a\nRUN --mount=type=secret,src=token,dst=/x x\n", "FROM a\nRUN --mount=type=secret,id=$ID x\n",
        "FROM a\nONBUILD RUN --mount=id=token,type=secret x\n",
    ])
    func `a secret that some step mounts is used`(text: String) {
        #expect(Self.notices(text, secrets: ["token"]).isEmpty)
        let other = Self.notices(text, secrets: ["tokn", "GIT_AUTH_TOKEN.x.example"])
        let expected = "secrets id=tokn: no step of the Dockerfile mounts it; did you mean token?"
        #expect(other == (text.contains("$") ? [] : [expected]))
    }

    @Test(arguments: ["# syntax=example/other\nFROM a\n", "FROM\n", "{{ template }}\n", ""])
    func `what can't be read is left alone`(text: String) {
        #expect(Self.notices(text, arguments: ["X"], secrets: ["y"]).isEmpty)
    }
}
