import CaissonBuildModel
import Testing

@Suite("SHA-256")
struct SHA256Tests {
    @Test(
        "The vectors of FIPS 180-4",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
            (
                String(repeating: "a", count: 1_000_000),
                "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
            ),
        ]
    )
    func vectors(text: String, digest: String) {
        #expect(SHA256.digest(Array(text.utf8)) == "sha256:" + digest)
    }

    @Test("Pieces of any size give the hash of the whole")
    func pieces() {
        let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        for length in [55, 56, 63, 64, 65, 119, 120, 127, 128, 129, 1000] {
            let whole = Array(bytes.prefix(length))
            for step in [1, 7, 63, 64, 65, 200] {
                var hash = SHA256()
                for start in stride(from: 0, to: length, by: step) {
                    hash.update(Array(whole[start..<min(start + step, length)]))
                }
                #expect("sha256:" + hash.hexadecimal() == SHA256.digest(whole), "\(length) by \(step)")
            }
        }
    }
}
