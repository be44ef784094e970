import CaissonJSON
import CaissonBuildModel
import Testing

@testable import CaissonRegistry

@Suite struct DigestTests {
    @Test(arguments: [true, false])
    func `hashes are those of the standard`(_ usesLibrary: Bool) {
        let long = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_003)
        func hash(_ bytes: [UInt8], _ algorithm: ContentDigest.Algorithm, _ step: Int) -> String {
            let hasher = DigestHasher(algorithm, usesLibrary: usesLibrary)
            for start in stride(from: 0, to: bytes.count, by: step) {
                hasher.update(Array(bytes[start..<min(start + step, bytes.count)]))
            }
            return hasher.finish().hex
        }
        #expect(hash([], .sha256, 1) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        let abc = Array("abc".utf8)
        #expect(hash(abc, .sha256, 1) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(
            hash(abc, .sha512, 2)
                == "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
        )
        #expect(
            hash(abc, .sha384, 3)
                == "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"
        )
        let part = Array(long.prefix(usesLibrary ? long.count : 20_003))
        #expect(hash(part, .sha256, 4099) == hash(part, .sha256, 64))
        #expect(hash(part, .sha256, 977) == ContentDigest(of: part).hex)
        #expect(hash(part, .sha512, 977) == ContentDigest(of: part, .sha512).hex)
    }

    @Test(arguments: [0, 1, 55, 56, 63, 64, 65, 111, 112, 119, 120, 127, 128, 129, 1000])
    func `own hashes equal the ones of the library at each length`(_ count: Int) {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        for algorithm in ContentDigest.Algorithm.allCases {
            let own = DigestHasher(algorithm, usesLibrary: false)
            own.update(bytes)
            #expect(own.finish() == ContentDigest(of: bytes, algorithm))
        }
    }

    @Test(arguments: [
        "", "sha256", "sha256:", "md5:00", "sha256:" + String(repeating: "A", count: 64), "sha256:../../x",
    ])
    func `malformed digests are refused`(_ text: String) {
        #expect(throws: ParseError.self) { try ContentDigest(parsing: text) }
    }
}

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
