import Glibc

/// OpenSSL's hash functions, where the system has them.
///
/// libcurl brings libcrypto along, so a program that speaks to a registry has it in memory anyway; its SHA-256 uses the
/// processor's instructions and is some eight times as fast as code without. Nothing is linked, so nothing is loaded at
/// start; without the library `SHA256` and `SHA512` do the same.
struct LibCrypto: Sendable {
    typealias New = @Sendable @convention(c) () -> OpaquePointer?
    typealias Free = @Sendable @convention(c) (OpaquePointer?) -> Void
    typealias Kind = @Sendable @convention(c) () -> OpaquePointer?
    typealias Begin = @Sendable @convention(c) (OpaquePointer?, OpaquePointer?, OpaquePointer?) -> Int32
    typealias Update = @Sendable @convention(c) (OpaquePointer?, UnsafeRawPointer?, Int) -> Int32
    typealias Copy = @Sendable @convention(c) (OpaquePointer?, OpaquePointer?) -> Int32
    typealias Finish =
        @Sendable @convention(c) (OpaquePointer?, UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<UInt32>?)
        -> Int32

    let new: New
    let free: Free
    let begin: Begin
    let update: Update
    let copy: Copy
    let finish: Finish
    let sha256: Kind
    let sha384: Kind
    let sha512: Kind

    /// The library; nil where it isn't installed or lacks a function.
    static let shared: LibCrypto? = load("libcrypto.so.3") ?? load("libcrypto.so.1.1")

    private static func load(_ name: String) -> LibCrypto? {
        // Never unloaded: libcurl may use the same.
        guard let library = dlopen(name, RTLD_LAZY | RTLD_LOCAL) else { return nil }
        func symbol<Function>(_ name: String, _ type: Function.Type) -> Function? {
            // Safety: the types are those of openssl/evp.h, the same since 1.1.0.
            dlsym(library, name).map { unsafeBitCast($0, to: type) }
        }
        guard let new = symbol("EVP_MD_CTX_new", New.self), let free = symbol("EVP_MD_CTX_free", Free.self),
            let begin = symbol("EVP_DigestInit_ex", Begin.self), let update = symbol("EVP_DigestUpdate", Update.self),
            let copy = symbol("EVP_MD_CTX_copy_ex", Copy.self),
            let finish = symbol("EVP_DigestFinal_ex", Finish.self), let sha256 = symbol("EVP_sha256", Kind.self),
            let sha384 = symbol("EVP_sha384", Kind.self), let sha512 = symbol("EVP_sha512", Kind.self)
        else { return nil }
        return LibCrypto(
            new: new,
            free: free,
            begin: begin,
            update: update,
            copy: copy,
            finish: finish,
            sha256: sha256,
            sha384: sha384,
            sha512: sha512
        )
    }
}
