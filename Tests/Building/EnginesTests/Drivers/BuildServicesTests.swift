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
}
