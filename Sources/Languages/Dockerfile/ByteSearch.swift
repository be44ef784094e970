/// Finds bytes among others.
///
/// `firstRange(of:)` and `contains(_:)` of the standard library set up a searcher for each call, which took a fifth of
/// the time of all rules together.
package enum ByteSearch {
    /// Where some bytes first occur among others; nil where they don't occur.
    package static func first(_ wanted: [UInt8], in bytes: ArraySlice<UInt8>) -> Int? {
        let found = bytes.withUnsafeBufferPointer { bytes in
            wanted.withUnsafeBufferPointer { first($0, in: bytes) }
        }
        return found.map { bytes.startIndex + $0 }
    }

    fileprivate static func first(
        _ wanted: UnsafeBufferPointer<UInt8>,
        in bytes: UnsafeBufferPointer<UInt8>
    ) -> Int? {
        guard let head = wanted.first else { return 0 }
        guard bytes.count >= wanted.count else { return nil }
        for start in 0...(bytes.count - wanted.count) where bytes[start] == head {
            if bytes[start..<(start + wanted.count)].elementsEqual(wanted) { return start }
        }
        return nil
    }
}

extension StringProtocol {
    /// Whether the bytes of a text occur in this one.
    package func holds(_ part: String) -> Bool {
        var own = String(self)
        var part = part
        return own.withUTF8 { bytes in part.withUTF8 { ByteSearch.first($0, in: bytes) != nil } }
    }
}
