import CaissonText
import Crypto
import CryptoExtras
import Glibc

extension HCLFunction {
    private static func hash<Algorithm: HashFunction>(_ name: String, _: Algorithm.Type) -> HCLFunction {
        native(
            "Computes the \(name) hash of a given string and encodes it with hexadecimal digits.",
            [Parameter("str", .string)]
        ) { call throws(HCLCallError) in
            .string(Algorithm.hash(data: Array(call.text(0).utf8)).map(\.hex).joined())
        }
    }

    /// Functions that make digests and decrypt.
    static let hashes: Group = [
        "md5": hash("MD5", Insecure.MD5.self),
        "sha1": hash("SHA1", Insecure.SHA1.self),
        "sha256": hash("SHA256", SHA256.self),
        "sha512": hash("SHA512", SHA512.self),
        "bcrypt": native(
            "Computes a hash of the given string using the Blowfish cipher.",
            [Parameter("str", .string)],
            variadic: Parameter("cost", .number)
        ) { call throws(HCLCallError) in
            let cost = call.arguments.count > 1 ? try call.integer(1) : 10
            guard call.arguments.count <= 2 else { throw HCLCallError("bcrypt() takes no more than two arguments") }
            return .string(try Blowfish.hash(call.text(0), cost: cost, salt: call.environment.random(16)))
        },
        "rsadecrypt": native(
            "Decrypts an RSA-encrypted ciphertext.",
            [Parameter("ciphertext", .string), Parameter("privatekey", .string)]
        ) { call throws(HCLCallError) in try decrypted(call.text(0), call.text(1)) },
    ]

    private static func decrypted(_ cipher: String, _ key: String) throws(HCLCallError) -> HCLValue {
        guard let bytes = base64(cipher) else {
            throw HCLCallError("failed to decode input \(cipher.goQuoted): cipher text must be base64-encoded")
        }
        guard key.contains("-----BEGIN ") else { throw HCLCallError("failed to parse key: no key found") }
        guard !key.contains("4,ENCRYPTED") else {
            throw HCLCallError(
                "failed to parse key: password protected keys are not supported. Please decrypt the key prior to use"
            )
        }
        do {
            let key = try _RSA.Encryption.PrivateKey(unsafePEMRepresentation: key)
            let text = try key.decrypt(bytes, padding: ._WEAK_AND_INSECURE_PKCS_V1_5)
            return .string(String(decoding: text, as: UTF8.self))
        } catch {
            throw HCLCallError("the key can't be read, or the text wasn't encrypted for it")
        }
    }
}

/// Hashes passwords with bcrypt, by the system's libcrypt.
///
/// The library is loaded when it is needed: few files hash passwords, and a program that links it begins later.
enum Blowfish {
    /// The highest cost: each is twice the work of the one before, and this one takes a second or two.
    static let highestCost = 15
    /// The bytes that the library wants for itself; what it needs is less.
    private static let scratchSize = 64 << 10

    private typealias MakeSalt =
        @convention(c) (
            UnsafePointer<CChar>?, UInt, UnsafePointer<CChar>?, Int32, UnsafeMutablePointer<CChar>?, Int32
        ) -> UnsafeMutablePointer<CChar>?
    private typealias Hash =
        @convention(c) (
            UnsafePointer<CChar>?, UnsafePointer<CChar>?, UnsafeMutableRawPointer?
        ) -> UnsafeMutablePointer<CChar>?

    /// The hash of a password, with a salt of 16 bytes in it.
    static func hash(_ password: String, cost: Int, salt: [UInt8]) throws(HCLCallError) -> String {
        let prefix = "error occured generating password"
        guard password.utf8.count <= 72 else {
            throw HCLCallError("\(prefix) bcrypt: password length exceeds 72 bytes")
        }
        guard !password.utf8.contains(0) else {
            throw HCLCallError("\(prefix) bcrypt: the password has a zero byte in it")
        }
        guard cost <= highestCost else {
            throw HCLCallError("\(prefix) bcrypt: cost \(cost) is outside allowed range (4,\(highestCost))")
        }
        guard let library = dlopen("libcrypt.so.1", RTLD_NOW | RTLD_LOCAL) else {
            throw HCLCallError("\(prefix) bcrypt: the system's library libcrypt.so.1 is missing; install libcrypt1")
        }
        defer { dlclose(library) }
        guard let makeSalt = dlsym(library, "crypt_gensalt_rn"), let hash = dlsym(library, "crypt_r") else {
            throw HCLCallError("\(prefix) bcrypt: the system's library libcrypt.so.1 is too old")
        }
        let result = run(
            unsafeBitCast(makeSalt, to: MakeSalt.self),
            unsafeBitCast(hash, to: Hash.self),
            (password, cost < 4 ? 10 : cost, salt)
        )
        guard let result, result.hasPrefix("$2a$") else {
            throw HCLCallError("\(prefix) bcrypt: the library refused it")
        }
        return result
    }

    private static func run(
        _ makeSalt: MakeSalt,
        _ hash: Hash,
        _ input: (password: String, cost: Int, salt: [UInt8])
    ) -> String? {
        var setting = [CChar](repeating: 0, count: 64)
        let salt = input.salt.map { CChar(bitPattern: $0) }
        guard makeSalt("$2a$", UInt(input.cost), salt, Int32(salt.count), &setting, Int32(setting.count)) != nil else {
            return nil
        }
        // Aligned as the library's own type is.
        let scratch = UnsafeMutableRawPointer.allocate(byteCount: scratchSize, alignment: 16)
        defer { scratch.deallocate() }
        scratch.initializeMemory(as: UInt8.self, repeating: 0, count: scratchSize)
        return hash(input.password, setting, scratch).map { String(cString: $0) }
    }
}

extension HCLFunction {
    /// Functions that make UUIDs.
    static let identifiers: Group = [
        "uuidv4": native("Generates and returns a Type-4 UUID in the standard hexadecimal string format.", []) {
            call throws(HCLCallError) in
            .string(uuid(call.environment.random(16), version: 4))
        },
        "uuidv5": native(
            "Generates and returns a Type-5 UUID in the standard hexadecimal string format.",
            [Parameter("namespace", .string), Parameter("name", .string)]
        ) { call throws(HCLCallError) in
            guard let space = space(call.text(0)) else {
                throw HCLCallError("uuidv5() doesn't support namespace \(call.text(0)) (invalid UUID)")
            }
            let digest = Insecure.SHA1.hash(data: space + Array(call.text(1).utf8))
            return .string(uuid(Array(digest.prefix(16)), version: 5))
        },
    ]

    /// The namespaces of RFC 4122, and any that is given as a UUID.
    private static func space(_ name: String) -> [UInt8]? {
        let tail = "-9dad-11d1-80b4-00c04fd430c8"
        return switch name {
        case "dns": bytes("6ba7b810" + tail)
        case "url": bytes("6ba7b811" + tail)
        case "oid": bytes("6ba7b812" + tail)
        case "x500": bytes("6ba7b814" + tail)
        default: bytes(name)
        }
    }

    /// The bytes of a UUID: plain, with dashes, in braces, or behind `urn:uuid:`.
    private static func bytes(_ text: String) -> [UInt8]? {
        var digits = Array(text.utf8)
        switch digits.count {
        case 45:
            guard text.lowercased().hasPrefix("urn:uuid:") else { return nil }
            digits.removeFirst(9)
        case 38: digits = Array(digits.dropFirst().dropLast())
        case 32, 36: break
        default: return nil
        }
        if digits.count == 36 {
            for place in [8, 13, 18, 23] where digits[place] != UInt8(ascii: "-") { return nil }
            digits = [0..<8, 9..<13, 14..<18, 19..<23, 24..<36].flatMap { digits[$0] }
        }
        guard digits.count == 32, digits.allSatisfy(\.isHexDigit) else { return nil }
        return stride(from: 0, to: 32, by: 2).compactMap {
            UInt8(String(decoding: digits[$0..<($0 + 2)], as: UTF8.self), radix: 16)
        }
    }

    /// The text of a UUID of a version.
    private static func uuid(_ bytes: [UInt8], version: UInt8) -> String {
        var text = ""
        for (index, byte) in bytes.prefix(16).enumerated() {
            let marked =
                switch index {
                case 6: byte & 0x0F | version << 4
                case 8: byte & 0x3F | 0x80
                default: byte
                }
            if [4, 6, 8, 10].contains(index) { text += "-" }
            text += marked.hex
        }
        return text
    }
}

extension UInt8 {
    /// Two hexadecimal digits.
    var hex: String { (self < 16 ? "0" : "") + String(self, radix: 16) }
}
