import Testing

@testable import CaissonEngines

@Suite struct BuildServicesTests {
    @Test(arguments: [
        ("npm", nil, true), ("GIT_AUTH_TOKEN", nil, false), ("GIT_AUTH_TOKEN.github.com", "FROM a", false),
        ("GIT_AUTH_HEADER", "FROM a", false), ("HTTP_AUTH_TOKEN_example.com", nil, false),
        ("GIT_AUTH_TOKEN", "FROM a\nRUN --mount=type=secret,id=GIT_AUTH_TOKEN make", true),
    ])
    func `engines look for logins that no step names, and nobody has to know`(
        id: String,
        dockerfile: String?,
        isUsers: Bool
    ) {
        #expect(BuildServices.isUsers(id, in: { dockerfile.map { Array($0.utf8) } }) == isUsers)
    }

    @Test(arguments: [
        ("RUN --mount=type=secret,id=a,required=true x", true), ("RUN --mount=type=secret,id=a,required x", true),
        ("RUN --mount=type=secret,id=a x", false), ("RUN --mount=type=secret,id=b,required=true x", false),
        ("RUN --mount=type=secret,id=a,required=true x\nRUN --mount=type=secret,id=a x", false), ("", false),
    ])
    func `a step that fails without a secret says so itself`(steps: String, isRequired: Bool) {
        #expect(BuildServices.isRequired("a", in: { Array("FROM a\n\(steps)\n".utf8) }) == isRequired)
        #expect(!BuildServices.isRequired("a", in: { nil }))
    }
}
