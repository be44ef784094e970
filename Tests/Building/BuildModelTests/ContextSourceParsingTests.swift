import CaissonBuildModel
import Testing

@Suite("Build contexts")
struct ContextSourceParsingTests {
    @Test(
        "A context is told apart as docker does and its description is read back as the same",
        arguments: [
            (".", .directory(".")), ("/srv/app", .directory("/srv/app")), ("app dir", .directory("app dir")),
            ("./github.com/x", .directory("./github.com/x")), ("a:b", .directory("a:b")), ("@", .directory("@")),
            ("-", .tarOnInput), ("https://r.example/a.git#v1:sub", .remote("https://r.example/a.git#v1:sub")),
            ("HTTPS://r.example/a.tar", .remote("https://r.example/a.tar")),
            ("http://r.example:80/a?b=c@d", .remote("http://r.example:80/a?b=c@d")),
            ("https://r.example/@scope/a", .remote("https://r.example/@scope/a")),
            ("git://r.example/a#main", .remote("git://r.example/a#main")),
            ("ssh://git@r.example:22/a.git", .remote("ssh://git@r.example:22/a.git")),
            ("git@r.example:a/b.git#v1", .remote("git@r.example:a/b.git#v1")),
            ("github.com/a/b", .remote("github.com/a/b")), ("https://[::1]/a", .remote("https://[::1]/a")),
        ] as [(String, ContextSource)]
    )
    func good(text: String, source: ContextSource) throws {
        #expect(try ContextSource(parsing: text) == source)
        #expect(try ContextSource(parsing: source.description) == source)
    }

    @Test(
        "An address with credentials is refused, and the error doesn't repeat them",
        arguments: [
            "https://user:s3cret@r.example/a.git", "https://s3cret@r.example/a.git", "http://:s3cret@r.example/a",
            "HTTPS://user:s3cret@r.example/a.git", "git://s3cret@r.example/a", "ssh://git:s3cret@r.example/a",
            "https://user:s3cret@r.example:8443", "https://user:s3cret@@r.example", "https://x\\:s3cret@r.example/a",
            "https://user:s3cret@r.example?x", "ssh://s3cret@a@r.example/x", "ftp://user:s3cret@r.example/a",
            "https://user:s3cret@r.example/a b",
        ]
    )
    func credentials(text: String) {
        let error = #expect(throws: ParseError.self) { try ContextSource(parsing: text) }
        #expect(error?.description.contains("s3cret") == false)
        #expect(error?.description.contains("***@") == true)
        if !text.hasPrefix("ftp"), !text.hasSuffix("a b") {
            #expect(error?.description.contains("GIT_AUTH_TOKEN") == true)
        }
    }

    @Test(
        "A malformed address is refused",
        arguments: [
            "", "https://", "https:///a", "https://:80/a", "ftp://r.example/a", "https://r.example/a\n", "a\0b",
        ]
    )
    func bad(text: String) {
        #expect(throws: ParseError.self) { try ContextSource(parsing: text) }
    }
}
