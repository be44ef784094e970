import CaissonBuildModel
import CaissonHTTPClient
import Testing

@testable import CaissonRegistry

@Suite struct ChallengeTests {
    @Test func `schemes and parameters are read`() {
        let parsed = Challenge.parse([
            #"Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push""#,
            #"Basic realm="a \"b\" c", Digest x=1"#,
        ])
        #expect(parsed.map(\.scheme) == ["bearer", "basic", "digest"])
        #expect(parsed[0].parameters["scope"] == "repository:a/b:pull,push")
        #expect(parsed[1].parameters["realm"] == "a \"b\" c")
    }

    @Test(arguments: [
        "", ",,,", "=", "\"", "Bearer realm", "Bearer realm=", "Bearer realm=\"", "Bearer realm=\"\\", "a=b", "🙂 x=y",
        "Bearer ,=,=,realm=x=y", "Bearer realm=https://a/b?c=d,service=e",
    ])
    func `anything is read`(_ text: String) {
        #expect(Challenge.parse([text]).count <= 2)
    }

    @Test func `huge headers are bounded`() {
        let many = String(repeating: "a ", count: 200_000)
        #expect(Challenge.parse([many]).count <= 16)
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            let bytes = (0..<30).map { _ in Array("aB =\",\\;".utf8).randomElement(using: &generator) ?? 0 }
            _ = Challenge.parse([String(decoding: bytes, as: UTF8.self)])
        }
    }
}

@Suite struct RetryTests {
    @Test func `waits grow and are bounded`() throws {
        let policy = RetryPolicy(retries: 40, base: .seconds(1), longest: .seconds(8))
        for retry in 1...40 {
            let step = min(Double(1 << min(retry - 1, 10)), 8)
            let wait = try #require(policy.wait(before: retry))
            #expect(wait >= .seconds(step / 2) && wait <= .seconds(step))
        }
        #expect(policy.wait(before: 41) == nil)
        #expect(try #require(policy.wait(before: 1, asked: .seconds(30))) >= .seconds(30))
        #expect(policy.wait(before: 1, asked: .seconds(61)) == nil)
    }

    @Test(arguments: [
        ("7", 7), ("0", 0), (" 12 ", 12), ("Sun, 06 Nov 1994 08:49:37 GMT", 37), ("Sun, 06 Nov 1994 08:48:00 GMT", 0),
        ("99999999999999999999", nil), ("-1", nil), ("soon", nil), ("", nil), ("Sun, 99 Foo 1994 08:49:37 GMT", nil),
    ])
    func `retry after is read`(_ text: String, _ seconds: Int?) {
        #expect(RetryAfter.parse(text, now: 784_111_740) == seconds.map { .seconds($0) })
    }
}

@Suite struct ProxyTests {
    private let proxies = ProxySettings(variables: [
        "HTTP_PROXY": "http://p:1", "https_proxy": "http://p:2",
        "NO_PROXY": "a.example,.b.example,10.0.0.0/8,c.example:444",
    ])

    @Test(arguments: [
        ("x.example", "http://p:2"), ("a.example", ""), ("y.a.example", ""), ("b.example", "http://p:2"),
        ("z.b.example", ""), ("10.200.3.4", ""), ("11.0.0.1", "http://p:2"), ("localhost", ""), ("127.3.4.5", ""),
        ("c.example", "http://p:2"),
    ])
    func `exceptions are those of Go`(_ host: String, _ expected: String) {
        #expect(proxies.proxy(isTLS: true, host: host, port: 443) == expected)
    }

    @Test func `schemes have their own`() {
        #expect(proxies.proxy(isTLS: false, host: "x.example", port: 80) == "http://p:1")
        #expect(proxies.proxy(isTLS: true, host: "c.example", port: 444) == "")
        #expect(ProxySettings(variables: [:]).proxy(isTLS: true, host: "x", port: 1) == "")
    }
}

@Suite struct LocationTests {
    private let request = HTTPRequest("POST", .tcp(host: "r.example", port: 5000, tls: nil), "/v2/a/blobs/uploads/?x=1")

    @Test(arguments: [
        ("/v2/u?state=1", "http", "r.example", 5000, "/v2/u?state=1"),
        ("u/2", "http", "r.example", 5000, "/v2/a/blobs/uploads/u/2"),
        ("//other:1/p", "http", "other", 1, "/p"),
        ("https://S3.example/b?sig=%2F#frag", "https", "s3.example", 443, "/b?sig=%2F"),
        ("https://[::1]:5/x", "https", "::1", 5, "/x"),
    ])
    func `places are found`(_ text: String, _ scheme: String, _ host: String, _ port: Int, _ target: String) throws {
        let location = try #require(Location(text, from: request))
        #expect(location.scheme == scheme)
        #expect(location.host == host)
        #expect(Int(location.port) == port)
        #expect(location.target == target)
    }

    @Test(arguments: [
        "ftp://x/", "http://u:p@x/", "http://x:99999/", "http://", "/a b", "/a\r\nX: y", "file:///etc/passwd",
    ])
    func `other places are refused`(_ text: String) {
        #expect(Location(text, from: request) == nil)
    }

    @Test func `queries are escaped`() throws {
        let location = try #require(Location("http://x/y?z=1"))
        #expect(
            location.adding([("scope", "repository:a/b:pull,push")]) == "/y?z=1&scope=repository%3Aa%2Fb%3Apull%2Cpush"
        )
    }
}

@Suite struct ImageCreationValueTests {
    @Test func `sources are references digests or descriptors`() throws {
        let digest = "sha256:" + String(repeating: "0", count: 64)
        #expect(try ImageSource(parsing: "debian").reference?.description == "docker.io/library/debian:latest")
        #expect(try ImageSource(parsing: digest).descriptor?.digest.description == digest)
        let described = try ImageSource(
            parsing: #"{"digest":"\#(digest)","platform":{"os":"linux","architecture":"arm64"}}"#
        )
        #expect(described.descriptor?.platform?.architecture == "arm64")
    }

    @Test(arguments: ["", "A/B", "a:b:c", "sha256:12", "{", "{}", #"{"schemaVersion":2,"digest":"x"}"#, "a@sha256:1"])
    func `other sources are refused`(_ text: String) {
        #expect(throws: ParseError.self) { try ImageSource(parsing: text) }
    }

    @Test func `annotations name their parts`() throws {
        let list = try ImageAnnotation.list(parsing: "index,manifest-descriptor[linux/arm64]:a.b=c=d")
        #expect(list.map(\.part) == [.index, .manifestDescriptor])
        #expect(list.map(\.value) == ["c=d", "c=d"])
        #expect(list[1].platform?.description == "linux/arm64")
    }

    @Test(arguments: [
        "", "k", "=v", "manifest:k=v", "index-descriptor:k=v", "foo:k=v", "index[linux/amd64]:k=v", "index:=v",
        "manifest-descriptor[x/y]:k=v",
    ])
    func `other annotations are refused`(_ text: String) {
        #expect(throws: ParseError.self) { try ImageAnnotation.list(parsing: text) }
    }
}
