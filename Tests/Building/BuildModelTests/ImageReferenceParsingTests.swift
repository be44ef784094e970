import CaissonBuildModel
import Testing

@Suite("Image references")
struct ImageReferenceParsingTests {
    static let digest = "sha256:" + String(repeating: "0123456789abcdef", count: 4)

    @Test(
        "A good reference is normalised and has a familiar form",
        arguments: [
            ("debian", "docker.io/library/debian:latest", "debian:latest"),
            ("debian:12", "docker.io/library/debian:12", "debian:12"),
            ("library/debian", "docker.io/library/debian:latest", "debian:latest"),
            ("docker.io/debian", "docker.io/library/debian:latest", "debian:latest"),
            ("index.docker.io/debian", "docker.io/library/debian:latest", "debian:latest"),
            ("library/a/b", "docker.io/library/a/b:latest", "library/a/b:latest"),
            ("user/app:v1", "docker.io/user/app:v1", "user/app:v1"),
            ("localhost/app", "localhost/app:latest", "localhost/app:latest"),
            ("localhost:5000/app", "localhost:5000/app:latest", "localhost:5000/app:latest"),
            ("127.0.0.1:5000/a/b:c", "127.0.0.1:5000/a/b:c", "127.0.0.1:5000/a/b:c"),
            ("[::1]:5000/app", "[::1]:5000/app:latest", "[::1]:5000/app:latest"),
            ("[fe80::1]/app", "[fe80::1]/app:latest", "[fe80::1]/app:latest"),
            ("Registry/app", "Registry/app:latest", "Registry/app:latest"),
            ("r.example/a__b/c-----d/e.f_g:T.a_g-1", "r.example/a__b/c-----d/e.f_g:T.a_g-1", nil),
            ("a@\(digest)", "docker.io/library/a@\(digest)", "a@\(digest)"),
            ("r.example/a:1@\(digest)", "r.example/a:1@\(digest)", nil),
            (
                "r.example/a:" + String(repeating: "t", count: 128),
                "r.example/a:" + String(repeating: "t", count: 128), nil
            ),
        ] as [(String, String, String?)]
    )
    func good(text: String, full: String, familiar: String?) throws {
        let reference = try ImageReference(parsing: text)
        #expect(reference.description == full)
        #expect(reference.familiar == familiar ?? full)
        #expect(try ImageReference(parsing: full) == reference)
        #expect(try ImageReference(parsing: reference.familiar) == reference)
    }

    @Test(
        "A bad reference is refused with what is wrong about it",
        arguments: [
            ("", "it is empty"),
            ("Debian", "\"Debian\" must be lowercase, such as \"debian\""),
            ("user/App:1", "must be lowercase"),
            ("a:", "the tag after ':' is empty"),
            ("a:-1", "tag \"-1\" may only"),
            ("a:b:c", "tag \"b:c\" may only"),
            ("a:\u{301}", "tag"),
            ("a:" + String(repeating: "t", count: 129), "longer than 128"),
            (String(repeating: "a", count: 256), "longer than 255"),
            (String(repeating: "a/", count: 600), "too long"),
            ("a//b", "\"\" can't be part"),
            ("a/", "\"\" can't be part"),
            ("/a", "\"\" can't be part"),
            ("-a", "\"-a\" can't be part"),
            ("a-", "\"a-\" can't be part"),
            ("a..b", "\"a..b\" can't be part"),
            ("a___b", "can't be part"),
            ("a._b", "can't be part"),
            ("a b", "can't be part"),
            ("a\nb", "a\\nb"),
            ("r.example:port/a", "no registry host"),
            ("r.example:99999/a", "no registry host"),
            ("r..example/a", "no registry host"),
            ("-r.example/a", "no registry host"),
            ("[::1/a", "no registry host"),
            ("[]:1/a", "no registry host"),
            ("a@sha256:abc", "must have 64"),
            ("a@md5:\(String(repeating: "a", count: 32))", "must begin with sha256:"),
            ("a@", "must begin with sha256:"),
            ("a@\(digest.uppercased())", "must begin with sha256:"),
            (String(repeating: "ab", count: 32), "64 hexadecimal digits"),
            ("https://r.example/a", "no registry host"),
        ]
    )
    func bad(text: String, problem: String) {
        let error = #expect(throws: ParseError.self) { try ImageReference(parsing: text) }
        #expect(error?.description.contains(problem) == true, "\(error?.description ?? "")")
        #expect(error?.description.utf8.contains(0x0A) == false)
    }
}
