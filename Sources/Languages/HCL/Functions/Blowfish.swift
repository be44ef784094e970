import Glibc

/// Hashes passwords with bcrypt, by the system's libcrypt.
///
/// The library is loaded when it is needed: few files hash passwords, and a program that links it begins later.
enum Blowfish {
    /// The highest cost: each is twice the work of the one before, and this one takes a second or two.
    static let highestCost = 15
    /// The bytes that the library wants for itself; what it needs is less.
    private static let scratchSize = 64 << 10

    private typealias MakeSalt = @convention(c) (
        UnsafePointer<CChar>?, UInt, UnsafePointer<CChar>?, Int32, UnsafeMutablePointer<CChar>?, Int32
    ) -> UnsafeMutablePointer<CChar>?
    private typealias Hash = @convention(c) (
        UnsafePointer<CChar>?, UnsafePointer<CChar>?, UnsafeMutableRawPointer?
    ) -> UnsafeMutablePointer<CChar>?

    /// The hash of a password, with a salt of 16 bytes in it.
    static func hash(_ password: String, cost: Int, salt: [UInt8]) throws(HCLCallError) -> String {
        let prefix = "error occured generating password"
        guard password.utf8.count <= 72 else {
            throw HCLCallError("\(prefix) bcrypt: password length exceeds 72 bytes")
        }
        guard !password.utf8.contains(0) else { throw HCLCallError("\(prefix) bcrypt: the password has a zero byte in it") }
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
        guard let result, result.hasPrefix("$2a$") else { throw HCLCallError("\(prefix) bcrypt: the library refused it") }
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
