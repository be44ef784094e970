import CaissonText
import Crypto
import CryptoExtras

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
