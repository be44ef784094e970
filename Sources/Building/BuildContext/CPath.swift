extension Collection<UInt8> {
    /// Calls with the bytes as a C string; they must not have a NUL in them.
    func withCPath<Result, Failure: Error>(
        _ body: (UnsafePointer<CChar>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        var text = [CChar]()
        text.reserveCapacity(count + 1)
        for byte in self { text.append(CChar(bitPattern: byte)) }
        text.append(0)
        return try body(text)
    }
}
