import CaissonText
import Testing

struct Base64Tests {
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
    ])
    func `texts of RFC 4648 are encoded and decoded`(text: String, encoded: String) {
        #expect(String(decoding: Base64.encode(Array(text.utf8)), as: UTF8.self) == encoded)
        #expect(Base64.decode(encoded) == Array(text.utf8))
    }

    @Test func `the alphabets differ in their last two characters`() {
        let bytes: [UInt8] = [0xFB, 0xEF, 0xFF]
        #expect(Base64.encode(bytes) == Array("++//".utf8))
        #expect(Base64.encode(bytes, .url) == Array("--__".utf8))
    }

    @Test(arguments: ["Zg", "Z", "Zg=", "Zm9v!", "--__", "Zg==Zg=="])
    func `what isn't whole is nothing`(text: String) { #expect(Base64.decode(text) == nil) }
}
