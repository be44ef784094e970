import CaissonArchive

/// An archive in pieces of odd sizes: all entries and contents, within limits.
func fuzzTar(_ bytes: [UInt8]) {
    var limits = TarReader.Limits()
    limits.entries = 1000
    limits.contentBytes = 1 << 24
    limits.attributeBytes = 1 << 16
    limits.expansion = 1000
    var rest = bytes[...]
    do throws(ArchiveError) {
        var reader = try TarReader.open(limits: limits) { () throws(ArchiveError) -> [UInt8] in
            let piece = rest.prefix(777)
            rest = rest.dropFirst(777)
            return Array(piece)
        }
        var entries = 0
        while let entry = try reader.next() {
            entries += 1
            precondition(entries <= limits.entries && entry.path.count <= limits.nameLength)
            let count = try readContent(&reader)
            precondition(count <= limits.contentBytes)
        }
    } catch {
        precondition(!error.message.isEmpty)
    }
}

private func readContent(_ reader: inout TarReader) throws(ArchiveError) -> Int64 {
    var total: Int64 = 0
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65536, alignment: 16)
    defer { buffer.deallocate() }
    while true {
        let count = try reader.read(into: buffer)
        if count == 0 { return total }
        total += Int64(count)
    }
}
