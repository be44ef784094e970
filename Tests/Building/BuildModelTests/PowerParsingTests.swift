import CaissonBuildModel
import Testing

@Suite("Named contexts, statements, powers and notes")
struct PowerParsingTests {
    private static let digest = "sha256:" + String(repeating: "a", count: 64)

    @Test(
        "A named context is read, its name as a Dockerfile has it",
        arguments: [
            ("src=../src", "src", .directory("../src")), ("alpine=d", "alpine", .directory("d")),
            ("alpine:3=d", "alpine:3", .directory("d")),
            ("docker.io/library/debian:latest=d", "debian", .directory("d")),
            ("a=https://r.example/a.git#b", "a", .remote("https://r.example/a.git#b")),
            ("a=git@r.example:a/b", "a", .remote("git@r.example:a/b")),
            (
                "a=docker-image://b:1", "a",
                .image(ImageReference(domain: "docker.io", path: "library/b", tag: "1", digest: nil))
            ),
            ("a=oci-layout://./l", "a", .layout(path: "./l", tag: nil, digest: nil)),
            ("a=oci-layout:///l/x:t", "a", .layout(path: "/l/x", tag: "t", digest: nil)),
            ("a=oci-layout://l@\(digest)", "a", .layout(path: "l", tag: nil, digest: digest)),
            ("a=b=c", "a", .directory("b=c")),
        ] as [(String, String, NamedContext)]
    )
    func contexts(text: String, name: String, context: NamedContext) throws {
        let pair = try NamedContext.pair(parsing: text)
        #expect(pair.name == name)
        #expect(pair.context == context)
        #expect(try NamedContext.pair(parsing: "\(name)=\(context)").context == context)
    }

    @Test(
        "A wrong named context is refused, without a password in the message",
        arguments: [
            "", "a", "=b", "a=", "A=b", "a=-", "a=target:b", "a=oci-layout://", "a=oci-layout://l:",
            "a=oci-layout://l@x",
            "a=docker-image://B", "a=https://u:HIDDEN@r.example/x", "a=b\0",
        ]
    )
    func wrongContexts(text: String) {
        #expect {
            _ = try NamedContext.pair(parsing: text)
        } throws: {
            !"\($0)".contains("HIDDEN")
        }
    }

    @Test("Statements are read in their long and short forms")
    func attestations() throws {
        let max = Attestation(kind: .provenance, parameters: ["mode": "max"])
        #expect(try Attestation(parsing: "type=provenance,mode=max") == max)
        #expect(try Attestation(parsing: "mode=max", kind: .provenance) == max)
        #expect(try Attestation(parsing: "true", kind: .sbom) == Attestation(kind: .sbom))
        #expect(try Attestation(parsing: "false", kind: .sbom) == Attestation(kind: .sbom, isDisabled: true))
        #expect(try Attestation(parsing: "generator=a/b:c,x=1", kind: .sbom).record == "generator=a/b:c,x=1")
        #expect(try Attestation(parsing: "type=sbom,disabled=true").isDisabled)
    }

    @Test(
        "A wrong statement is refused by name",
        arguments: [
            ("type=sbomb", "did you mean sbom?"), ("type=provenance,mode=all", "min or max"),
            ("type=provenance,mod=max", "did you mean mode?"), ("mode=max", "unknown type"),
            ("type=sbom,generator=A", "lowercase"), ("type=sbom,x", "no '='"), ("type=sbom,type=sbom", "given twice"),
        ]
    )
    func wrongAttestations(text: String, words: String) {
        #expect {
            _ = try Attestation(parsing: text)
        } throws: {
            "\($0)".contains(words)
        }
    }

    @Test(
        "Powers are those that BuildKit has",
        arguments: ["network.host", "security.insecure", "device", "device=a=b"]
    )
    func powers(text: String) throws {
        #expect(try Entitlement(parsing: text).description == text)
    }

    @Test(
        "An unknown power is refused",
        arguments: ["network.hots", "", "security.insecure=1", "buildx.local.delete=1", "device=", "device=a b"]
    )
    func wrongPowers(text: String) {
        #expect(throws: ParseError.self) { try Entitlement(parsing: text) }
    }

    @Test("A note becomes an attribute for each place that it is for")
    func annotations() throws {
        #expect(try Annotation(parsing: "k=v=w").attributes == ["annotation.k"])
        let both = try Annotation(parsing: "index,manifest[linux/x86_64]:Org.k=v")
        #expect(both.attributes == ["annotation-index.Org.k", "annotation-manifest[linux/amd64].Org.k"])
        for wrong in ["", "k", "=v", "indx:k=v", "manifest[x:k=v", "manifest[foo/bar]:k=v", "index:=v"] {
            #expect(throws: ParseError.self, "\(wrong)") { try Annotation(parsing: wrong) }
        }
        var request = BuildRequest(context: .empty)
        request.exports = [.oci(.path("o"), attributes: ["annotation.k": "own"]), .cacheOnly]
        try request.annotate([try Annotation(parsing: "k=v"), both])
        let expected: ExportAttributes = ["annotation.k": "own", both.attributes[0]: "v", both.attributes[1]: "v"]
        #expect(request.exports.first == .oci(.path("o"), attributes: expected))
        request.exports = [.cacheOnly]
        #expect(throws: BuildError.self) { try request.annotate([both]) }
    }
}
