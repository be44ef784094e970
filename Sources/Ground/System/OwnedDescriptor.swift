import Glibc

/// The one owner of an open descriptor, which it closes.
package struct OwnedDescriptor: ~Copyable {
    /// The number, for calls while this owner lives.
    package let number: Int32

    /// Takes a descriptor over from whoever opened it.
    package init(adopting number: Int32) { self.number = number }

    deinit { close(number) }

    /// Hands the descriptor over without closing it.
    package consuming func release() -> Int32 {
        let number = number
        discard self
        return number
    }
}
