import Testing

@testable import CaissonHTTPClient

@Suite("Addresses")
struct EndpointTests {
    @Test(
        "An address is read into what it means",
        arguments: [
            ("unix:///var/run/docker.sock", Endpoint.unix(path: "/var/run/docker.sock")),
            ("UNIX:///a b", .unix(path: "/a b")),
            ("tcp://host", .tcp(host: "host", port: 2375, tls: nil)),
            ("tcp://host:99/", .tcp(host: "host", port: 99, tls: nil)),
            ("tcp://[::1]:2375", .tcp(host: "::1", port: 2375, tls: nil)),
            ("tcp://[::1]", .tcp(host: "::1", port: 2375, tls: nil)),
            ("http://host", .tcp(host: "host", port: 80, tls: nil)),
            ("https://host", .tcp(host: "host", port: 443, tls: TLSOptions())),
        ]
    )
    func reads(_ text: String, _ endpoint: Endpoint) throws {
        #expect(try Endpoint(parsing: text) == endpoint)
    }

    @Test("TLS options give tcp:// the TLS port")
    func readsTLS() throws {
        let tls = TLSOptions(authorityFile: "/ca.pem")
        #expect(try Endpoint(parsing: "tcp://host", tls: tls) == .tcp(host: "host", port: 2376, tls: tls))
    }

    @Test(
        "A scheme that isn't spoken is named",
        arguments: ["ssh", "docker-container", "kube-pod", "fd", "npipe", "ftp"]
    )
    func refusesScheme(_ scheme: String) {
        let error = #expect(throws: HTTPClientError.self) { try Endpoint(parsing: "\(scheme)://x") }
        #expect(error?.code == .unsupportedScheme)
        #expect(error?.message.contains("\(scheme)://") == true)
    }

    @Test(
        "A bad address is refused",
        arguments: [
            "", "/var/run/docker.sock", "unix://", "://x", "tcp://", "tcp://:2375", "tcp://h:0", "tcp://h:65536",
            "tcp://h:+1", "tcp://h:", "tcp://h/x", "tcp://a:b:1", "tcp://[::1", "tcp://[::1]x", "tcp://[]:1",
            "tcp://h\r\nX: y",
            "unix:///a\0b", "tcp://user:secret@host",
        ]
    )
    func refuses(_ text: String) {
        let error = #expect(throws: HTTPClientError.self) { try Endpoint(parsing: text) }
        #expect(error?.code == .invalidEndpoint)
        #expect(error?.message.contains("secret") == false)
    }

    @Test("A URL is split into endpoint and target")
    func readsURL() throws {
        let request = try HTTPRequest("GET", url: "https://r.example:5000/v2/x?y=1#z")
        #expect(request.endpoint == .tcp(host: "r.example", port: 5000, tls: TLSOptions()))
        #expect(request.target == "/v2/x?y=1")
        #expect(try HTTPRequest("GET", url: "http://h?q").target == "/?q")
        #expect(throws: HTTPClientError.self) { try HTTPRequest("GET", url: "file:///etc/passwd") }
    }

    @Test("An address is written as it is read", arguments: ["unix:///a", "tcp://h:1", "https://[::1]:443"])
    func writes(_ text: String) throws {
        #expect(try Endpoint(parsing: text).description == text)
    }

    @Test("What would smuggle a header is refused before anything is sent")
    func refusesSmuggling() async {
        let endpoint = Endpoint.unix(path: "/nowhere")
        var requests = [
            HTTPRequest("GET", endpoint, "/a b"), HTTPRequest("GET", endpoint, "x"), HTTPRequest("G T", endpoint, "/"),
        ]
        requests.append(HTTPRequest("GET", endpoint, "/", headers: ["A": "b\r\nC: d"]))
        requests.append(HTTPRequest("GET", endpoint, "/", headers: ["A:": "b"]))
        for request in requests {
            #expect(throws: HTTPClientError.self) { try request.validate() }
        }
    }
}
