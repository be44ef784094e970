import CaissonJSON
import CaissonBuildModel
import Testing

@testable import CaissonRegistry

@Suite struct JSONTests {
    @Test(arguments: [
        "", "{", "[1,]", "{\"a\":}", "01", "-", "1.", "1e", "\"", "\"\\x\"", "\"\\u12\"", "tru", "nulll", "{} {}",
        "\u{1}", "\"\n\"", "{\"a\" 1}", "[1 2]", "+1", ".5", "NaN", "'a'",
    ])
    func `what is no JSON is refused`(_ text: String) {
        #expect(throws: JSONError.self) { try JSON(parsing: Array(text.utf8)) }
    }

    @Test func `nesting is bounded`() {
        let deep = [UInt8](repeating: UInt8(ascii: "["), count: 1_000_000)
        #expect(throws: JSONError.self) { try JSON(parsing: deep) }
    }

    @Test func `random bytes never trap`() {
        var generator = SystemRandomNumberGenerator()
        let alphabet = Array("{}[]\",:\\u0123eE+-.tfn \u{e9}".utf8)
        for _ in 0..<3000 {
            let bytes = (0..<Int.random(in: 0...40, using: &generator)).map { _ in alphabet.randomElement() ?? 0 }
            if let json = try? JSON(parsing: bytes) {
                let again = try? JSON(parsing: json.goBytes(indented: true))
                #expect(again == json)
            }
        }
    }

    @Test func `writing is as Go writes`() throws {
        let json = try JSON(
            parsing: Array(#"{"b":[],"a":{},"t":"<&>\u2028\t\u0001é\ud83d\ude00\ud800","n":1.50e+3}"#.utf8)
        )
        #expect(
            json.goText(indented: false)
                == #"{"b":[],"a":{},"t":"\u003c\u0026\u003e\u2028\t\u0001é😀\#u{FFFD}","n":1.50e+3}"#
        )
        #expect(
            JSON.object([JSONMember("a", .array([.null, .bool(true)]))]).goText()
                == "{\n  \"a\": [\n    null,\n    true\n  ]\n}"
        )
    }
}

@Suite struct ManifestTests {
    private let digest = "sha256:" + String(repeating: "a", count: 64)

    @Test func `unknown fields and bytes are kept`() throws {
        let text =
            #"{ "schemaVersion":2, "x-new": [1], "mediaType":"\#(MediaType.ociManifest)","config":{"digest":"\#(digest)","size":2},"layers":[]}"#
        let manifest = try Manifest(Array(text.utf8), mediaType: MediaType.ociManifest + "; charset=utf-8")
        #expect(manifest.bytes == Array(text.utf8))
        #expect(manifest.json["x-new"] == .array([.number("1")]))
        #expect(manifest.descriptor.digest == ContentDigest(of: Array(text.utf8)))
    }

    @Test(arguments: [
        "[]", "{}", "not json", #"{"schemaVersion":1}"#, #"{"manifests":[],"layers":[]}"#, #"{"manifests":{}}"#,
        #"{"manifests":[{"digest":"sha256:x","size":1}]}"#, #"{"manifests":[{"size":1}]}"#, #"{"layers":[]}"#,
        #"{"mediaType":"application/vnd.oci.image.index.v1+json","config":{}}"#,
    ])
    func `what is no manifest is refused`(_ text: String) {
        #expect(throws: ParseError.self) { try Manifest(Array(text.utf8)) }
    }

    @Test func `two types are refused`() {
        let text = #"{"mediaType":"\#(MediaType.ociIndex)","manifests":[]}"#
        #expect(throws: ParseError.self) { try Manifest(Array(text.utf8), mediaType: MediaType.ociManifest) }
        #expect(throws: Never.self) { try Manifest(Array(text.utf8), mediaType: "application/json") }
    }

    @Test func `size is bounded`() {
        #expect(throws: ParseError.self) { try Manifest([UInt8](repeating: 0x20, count: Manifest.limit + 1)) }
    }

    @Test func `the same parts give the same index`() throws {
        var one = ContentDescriptor(mediaType: MediaType.ociManifest, of: [1])
        one.annotations = ["b": "2", "a": "<1>", "C": "3"]
        one.platform = ImagePlatform(os: "linux", architecture: "arm", variant: "v7")
        let index = try Manifest(index: [one], annotations: ["k": "v"])
        let again = try Manifest(index: index.manifests, annotations: ["k": "v"])
        #expect(index.bytes == again.bytes)
        #expect(index.manifests == [one])
    }
}

@Suite struct ImagePlatformTests {
    @Test(arguments: [
        ("linux/aarch64", "linux/arm64"), ("linux/arm64/v8", "linux/arm64"), ("Linux/x86_64", "linux/amd64"),
        ("linux/arm", "linux/arm/v7"), ("linux/armel", "linux/arm/v6"), ("macos/arm64/v8", "darwin/arm64"),
    ])
    func `names are normalised`(_ text: String, _ expected: String) {
        let parts = text.split(separator: "/").map(String.init)
        let platform = ImagePlatform(os: parts[0], architecture: parts[1], variant: parts.count > 2 ? parts[2] : "")
        #expect(platform.normalised.description == expected)
    }

    @Test func `the best is chosen`() {
        func descriptor(_ architecture: String, _ variant: String, _ byte: UInt8) -> ContentDescriptor {
            var descriptor = ContentDescriptor(mediaType: MediaType.ociManifest, of: [byte])
            descriptor.platform = ImagePlatform(os: "linux", architecture: architecture, variant: variant)
            return descriptor
        }
        let all = [
            descriptor("arm", "v6", 1), descriptor("amd64", "", 2), descriptor("amd64", "v2", 3),
            descriptor("arm", "v7", 4),
        ]
        func best(_ architecture: String, _ variant: String = "") -> ContentDescriptor? {
            ImagePlatform(os: "linux", architecture: architecture, variant: variant).best(of: all)
        }
        #expect(best("amd64") == all[1])
        #expect(best("amd64", "v3") == all[2])
        #expect(best("arm64") == all[3])
        #expect(best("arm", "v6") == all[0])
        #expect(best("s390x") == nil)
        // A number that no processor has is none.
        #expect(best("amd64", "v999999999999999999999") == all[1])
    }
}
