import Glibc

/// The one owner of an open descriptor, which it closes.
struct Descriptor: ~Copyable {
    private let raw: Int32

    init(adopting raw: Int32) { self.raw = raw }

    deinit { close(raw) }

    /// The number, for calls while this owner lives.
    var number: Int32 { raw }

    /// Hands the descriptor over without closing it.
    consuming func release() -> Int32 {
        let number = raw
        discard self
        return number
    }
}
