/// Orders paths as the file transfer does: component by component, so that `/` sorts before every other byte.
@inlinable package func precedes(_ a: some Collection<UInt8>, _ b: some Collection<UInt8>) -> Bool {
    func rank(_ byte: UInt8) -> Int { byte == UInt8(ascii: "/") ? -1 : Int(byte) }
    return a.lexicographicallyPrecedes(b) { rank($0) < rank($1) }
}
