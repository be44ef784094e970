import CaissonBuildModel
import CaissonRegistry
import Testing

@Suite struct AuthenticationTests {
    private static let login = "dGVzdGVyOnMzY3JldA=="  // tester:s3cret

    private func config(_ host: String, _ entry: String) -> String { #"{"auths":{"\#(host)":{\#(entry)}}}"# }

    @Test func `a token is got once and kept`() async throws {
        try await withTemporaryDirectory { directory in
            let tokens = try StubRegistry { _ in .json(#"{"token":"t0ken","expires_in":300}"#) }
            let stub = try StubRegistry { request in
                guard request.headers["authorization"] == "Bearer t0ken" else {
                    let realm =
                        #"Bearer realm="http://\#(tokens.address)/token?x=1",service="s",scope="repository:a/b:pull""#
                    return .answer(401, ["WWW-Authenticate": realm])
                }
                return .answer(200, ManifestCallTests.type, ManifestCallTests.bytes)
            }
            try write(config(stub.address, #""auth":"\#(Self.login)""#), to: directory + "/config.json")
            try await withRegistryClient(stubOptions(in: directory)) { client in
                for _ in 0..<3 { _ = try await client.manifest(ManifestCallTests.reference(stub)) }
            }
            #expect(tokens.requests.count == 1)
            #expect(tokens.requests[0].target == "/token?x=1&service=s&scope=repository%3Aa%2Fb%3Apull&account=tester")
            #expect(tokens.requests[0].headers["authorization"] == "Basic " + Self.login)
            #expect(stub.requests.count == 4)
        }
    }

    @Test func `an identity token is posted`() async throws {
        try await withTemporaryDirectory { directory in
            let tokens = try StubRegistry { _ in .json(#"{"access_token":"new"}"#) }
            try write(config("r.example", #""identitytoken":"refresh""#), to: directory + "/config.json")
            var options = stubOptions(in: directory)
            options.insecure = ["r.example"]
            let wanted = TokenRequest(
                realm: "http://\(tokens.address)/t",
                service: "s",
                scopes: ["repository:a:pull"],
                host: "r.example"
            )
            let token = try await withRegistryClient(options) { try await $0.token(wanted) }
            #expect(token.value == "new")
            #expect(token.lifetime == 60)
            let body = String(decoding: tokens.requests[0].body, as: UTF8.self)
            #expect(tokens.requests[0].method == "POST")
            #expect(body.contains("grant_type=refresh_token&refresh_token=refresh"))
            #expect(body.contains("scope=repository%3Aa%3Apull"))
        }
    }

    @Test func `passwords are posted where getting is not allowed`() async throws {
        try await withTemporaryDirectory { directory in
            let tokens = try StubRegistry { $0.method == "GET" ? .answer(405) : .json(#"{"access_token":"new"}"#) }
            try write(config(tokens.address, #""auth":"\#(Self.login)""#), to: directory + "/config.json")
            let wanted = TokenRequest(realm: "http://\(tokens.address)/", service: "", scopes: [], host: tokens.address)
            let token = try await withRegistryClient(stubOptions(in: directory)) { try await $0.token(wanted) }
            #expect(token.value == "new")
            #expect(
                String(decoding: tokens.requests[1].body, as: UTF8.self).contains("username=tester&password=s3cret")
            )
        }
    }

    @Test func `credentials go nowhere without TLS by default`() async throws {
        try await withTemporaryDirectory { directory in
            let tokens = try StubRegistry { _ in .json(#"{"token":"x"}"#) }
            try write(config("r.example", #""auth":"\#(Self.login)""#), to: directory + "/config.json")
            let wanted = TokenRequest(realm: "http://\(tokens.address)/", service: "", scopes: [], host: "r.example")
            let error = await registryError {
                _ = try await withRegistryClient(stubOptions(in: directory)) { try await $0.token(wanted) }
            }
            #expect(error?.code == .denied)
            #expect(tokens.requests.isEmpty)
        }
    }

    @Test(arguments: ["", "{}", "[]", #"{"token":""}"#, "{\"token\":\"a\\r\\nX: y\"}", #"{"token":7}"#])
    func `answers without a token are errors`(_ body: String) async throws {
        let tokens = try StubRegistry { _ in .json(body) }
        let wanted = TokenRequest(realm: "http://\(tokens.address)/", service: "", scopes: [], host: tokens.address)
        let error = await registryError {
            _ = try await withRegistryClient(stubOptions()) { try await $0.token(wanted) }
        }
        #expect(error?.code == .malformed)
    }

    @Test(arguments: ["", "nonsense", "file:///etc/passwd", "http://u:p@h/"])
    func `realms that are no URL are errors`(_ realm: String) async throws {
        let wanted = TokenRequest(realm: realm, service: "", scopes: [], host: "127.0.0.1:1")
        let error = await registryError {
            _ = try await withRegistryClient(stubOptions()) { try await $0.token(wanted) }
        }
        #expect(error?.code == .malformed)
    }

    @Test func `basic credentials are sent and their refusal is told`() async throws {
        try await withTemporaryDirectory { directory in
            let stub = try StubRegistry { request in
                guard request.headers["authorization"] != nil, request.path.hasSuffix("/good") else {
                    return .answer(401, ["WWW-Authenticate": #"Basic realm="r""#])
                }
                return .answer(200, ManifestCallTests.type, ManifestCallTests.bytes)
            }
            try write(config(stub.address, #""auth":"\#(Self.login)""#), to: directory + "/config.json")
            try await withRegistryClient(stubOptions(in: directory)) { client in
                _ = try await client.manifest(ManifestCallTests.reference(stub, "a:good"))
                let error = await registryError {
                    _ = try await client.manifest(ManifestCallTests.reference(stub, "a:bad"))
                }
                #expect(error?.code == .unauthorized)
                #expect(error?.message.contains("doesn't accept the login") == true)
                #expect(error?.message.contains("s3cret") == false)
            }
        }
    }

    @Test func `a redirect to another host has no credentials`() async throws {
        try await withTemporaryDirectory { directory in
            let content = Array("content".utf8)
            let storage = try StubRegistry { _ in .answer(200, [:], content) }
            let stub = try StubRegistry { request in
                guard request.headers["authorization"] != nil else {
                    return .answer(401, ["WWW-Authenticate": #"Basic realm="r""#])
                }
                return .answer(307, ["Location": "http://\(storage.address)/bucket?signature=1"])
            }
            try write(config(stub.address, #""auth":"\#(Self.login)""#), to: directory + "/config.json")
            let blob = ContentDescriptor(mediaType: "", of: content)
            let repository = Repository(host: stub.address, path: "a")
            let read = try await withRegistryClient(stubOptions(in: directory)) {
                try await $0.blob(blob, in: repository)
            }
            #expect(read == content)
            #expect(storage.requests.map(\.target) == ["/bucket?signature=1"])
            #expect(storage.requests[0].headers["authorization"] == nil)
        }
    }
}
