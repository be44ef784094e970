import Testing

@testable import CaissonBuildModel

@Suite struct ContentDigestTests {
    private static func hash(_ bytes: [UInt8], _ algorithm: ContentDigest.Algorithm, by step: Int, own: Bool) -> String
    {
        let hasher = DigestHasher(algorithm, usesLibrary: !own)
        for start in stride(from: 0, to: bytes.count, by: step) {
            hasher.update(Array(bytes[start..<min(start + step, bytes.count)]))
        }
        return hasher.finish().description
    }

    @Test(arguments: [
        ("", "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "sha256:248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            String(repeating: "a", count: 1_000_000),
            "sha256:cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        ),
        (
            "abc",
            "sha384:cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"
        ),
        (
            "abc",
            "sha512:ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
        ),
    ])
    func `hashes are those of FIPS 180-4`(text: String, digest: String) throws {
        let algorithm = try ContentDigest(parsing: digest).algorithm
        #expect(ContentDigest(of: Array(text.utf8), algorithm).description == digest)
        for own in [true, false] { #expect(Self.hash(Array(text.utf8), algorithm, by: 4099, own: own) == digest) }
    }

    @Test func `pieces of any size give the hash of the whole`() {
        let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        for length in [0, 1, 55, 56, 63, 64, 65, 111, 112, 119, 120, 127, 128, 129, 1000] {
            let whole = Array(bytes.prefix(length))
            for algorithm in ContentDigest.Algorithm.allCases {
                let expected = ContentDigest(of: whole, algorithm).description
                for step in [1, 7, 63, 64, 65, 200] {
                    for own in [true, false] {
                        let hash = Self.hash(whole, algorithm, by: step, own: own)
                        #expect(hash == expected, "\(length) by \(step)")
                    }
                }
            }
        }
    }

    @Test(arguments: [true, false])
    func `a digest can be asked for before the end`(usesLibrary: Bool) {
        let hasher = DigestHasher(usesLibrary: usesLibrary)
        hasher.update(Array("ab".utf8))
        #expect(hasher.finish() == ContentDigest(of: Array("ab".utf8)))
        hasher.update(Array("c".utf8))
        #expect(hasher.finish() == ContentDigest(of: Array("abc".utf8)))
    }

    @Test(arguments: [
        "", "sha256", "sha256:", "md5:00", "sha256:" + String(repeating: "A", count: 64), "sha256:../../x",
    ])
    func `malformed digests are refused`(_ text: String) {
        #expect(throws: ParseError.self) { try ContentDigest(parsing: text) }
    }
}
