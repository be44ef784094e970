import FoundationEssentials
import Testing

@testable import CaissonRegistry

@Suite("Docker's configuration file")
struct DockerConfigTests {
    private func config(_ text: String) throws -> DockerConfig {
        try DockerConfig(path: "/c/config.json", content: Data(text.utf8))
    }

    // "user:pa:ss" and "user:pass\0\0"
    @Test(
        "credentials are found under each spelling of a host",
        arguments: [
            ("registry.example:5000", "registry.example:5000"),
            ("https://registry.example", "registry.example"),
            ("https://registry.example/v2/", "registry.example"),
            ("http://registry.example/v1/", "https://REGISTRY.example/v2/x"),
            ("https://index.docker.io/v1/", "docker.io"),
            ("https://index.docker.io/v1/", "registry-1.docker.io"),
            ("docker.io", "https://index.docker.io/v1/"),
        ]
    )
    func spellings(key: String, asked: String) throws {
        let config = try config(#"{"auths": {"\#(key)": {"auth": "dXNlcjpwYTpzcw=="}}}"#)
        let found = try config.stored(for: RegistryHost(asked))
        #expect(found == Credentials(username: "user", password: "pa:ss"))
    }

    @Test("another host's credentials are not handed out")
    func otherHost() throws {
        let config = try config(#"{"auths": {"registry.example": {"auth": "dXNlcjpwYTpzcw=="}}}"#)
        #expect(try config.stored(for: RegistryHost("registry.example:5000")) == nil)
        #expect(try config.stored(for: RegistryHost("registry.example.org")) == nil)
        #expect(try config.stored(for: RegistryHost("docker.io")) == nil)
    }

    @Test("NULs that pad a password are dropped")
    func padding() throws {
        let config = try config(#"{"auths": {"r": {"auth": "dXNlcjpwYXNzAAA="}}}"#)
        #expect(try config.stored(for: RegistryHost("r")) == Credentials(username: "user", password: "pass"))
    }

    @Test("an identity token comes before a password")
    func identityToken() throws {
        let config = try config(#"{"auths": {"r": {"auth": "dXNlcjpwYTpzcw==", "identitytoken": "T0K"}}}"#)
        #expect(try config.stored(for: RegistryHost("r")) == Credentials(identityToken: "T0K"))
    }

    @Test("a host's own helper comes before the common one, and an empty name switches helpers off")
    func helpers() throws {
        let config = try config(#"{"credsStore": "all", "credHelpers": {"r": "one", "s": ""}}"#)
        #expect(config.helper(for: RegistryHost("r")) == "one")
        #expect(config.helper(for: RegistryHost("s")) == nil)
        #expect(config.helper(for: RegistryHost("t")) == "all")
    }

    @Test("what can't be understood is an error that names the file and quotes no secret")
    func broken() throws {
        for text in [
            #"{"auths": {"r": {"auth": ["hunter2"]}}}"#, #"{"auths": "hunter2"}"#, #"{"hunter2"#, "[]", "\u{0}",
        ] {
            let error = #expect(throws: RegistryError.self) { try config(text) }
            #expect(error?.message.contains("/c/config.json") == true)
            #expect(error?.message.contains("hunter2") == false)
        }
        for auth in ["!!!hunter2", "aHVudGVyMg=="] {
            let config = try config(#"{"auths": {"r": {"auth": "\#(auth)"}}}"#)
            let error = #expect(throws: RegistryError.self) { try config.stored(for: RegistryHost("r")) }
            #expect(error?.message.contains("hunter2") == false)
            #expect(error?.message.contains(auth) == false)
        }
    }

    @Test("an engine's own proxies come before the default ones, in both spellings")
    func proxies() throws {
        let text = #"""
            {"proxies": {"default": {"httpProxy": "http://p:1", "noProxy": "", "other": "x"},
                         "tcp://e:1": {"httpsProxy": "http://q:2", "allProxy": null}}}
            """#
        let config = try config(text)
        #expect(config.proxyArguments(for: "unix:///x") == ["HTTP_PROXY": "http://p:1", "http_proxy": "http://p:1"])
        #expect(config.proxyArguments(for: "tcp://e:1") == ["HTTPS_PROXY": "http://q:2", "https_proxy": "http://q:2"])
        #expect(try self.config("{}").proxyArguments(for: "unix:///x").isEmpty)
    }

    @Test("an empty file is an empty configuration")
    func empty() throws {
        #expect(try config(" \n").stored(for: RegistryHost("r")) == nil)
    }

    @Test("credentials and configurations show nothing of their secrets")
    func redaction() throws {
        let config = try config(#"{"auths": {"r": {"username": "bob", "password": "hunter2"}}}"#)
        let found = try #require(try config.stored(for: RegistryHost("r")))
        var dumped = ""
        dump([found], to: &dumped)
        dump(config, to: &dumped)
        let all = "\(found) \(String(reflecting: found)) \(config) \(String(describing: Optional(found)))" + dumped
        #expect(!all.contains("hunter2"))
        #expect(!all.contains("bob"))
    }
}
