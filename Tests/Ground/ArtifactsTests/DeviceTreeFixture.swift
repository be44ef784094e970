/// Makes flattened device trees.
struct DeviceTreeFixture {
    var version = 17
    var reservations: [(address: Int, size: Int)] = [(0x1000, 0x100)]
    private(set) var structure = ByteWriter(isBigEndian: true)
    private var names: [UInt8] = []

    mutating func begin(_ name: String) {
        structure.u32(1)
        structure.text(name + "\0")
        structure.align(4)
    }

    mutating func end() { structure.u32(2) }

    mutating func property(_ name: String, _ value: [UInt8]) {
        structure.u32(3)
        structure.u32(value.count)
        let key = Array(name.utf8) + [0]
        let place = names.firstPlace(of: key) ?? names.count
        if place == names.count { names += key }
        structure.u32(place)
        structure.bytes += value
        structure.align(4)
    }

    mutating func skip() { structure.u32(4) }

    func bytes() -> [UInt8] {
        var out = ByteWriter(isBigEndian: true)
        out.pad(to: 40)
        let reserved = out.bytes.count
        for (address, size) in reservations + [(0, 0)] {
            out.u64(address)
            out.u64(size)
        }
        let start = out.bytes.count
        out.bytes += structure.bytes
        out.u32(9)
        let texts = out.bytes.count
        out.bytes += names
        let header = [
            0xD00D_FEED, out.bytes.count, start, texts, reserved, version, 16, 0, names.count, texts - start,
        ]
        for (index, value) in header.enumerated() { out.put(value, 4, at: index * 4) }
        return out.bytes
    }

    /// A machine with two nodes under its root.
    static var machine: DeviceTreeFixture {
        var tree = DeviceTreeFixture()
        tree.begin("")
        tree.property("model", Array("A Board\0".utf8))
        tree.property("compatible", Array("me,board\0me,soc\0".utf8))
        tree.begin("cpus")
        tree.skip()
        tree.begin("cpu@0")
        tree.property("compatible", Array("me,cpu\0".utf8))
        tree.end()
        tree.end()
        tree.begin("__symbols__")
        tree.property("cpu0", Array("/cpus/cpu@0\0".utf8))
        tree.end()
        tree.end()
        return tree
    }

    static var overlay: DeviceTreeFixture {
        var tree = DeviceTreeFixture(reservations: [])
        tree.begin("")
        for index in 0..<2 {
            tree.begin("fragment@\(index)")
            tree.property("target", [0xFF, 0xFF, 0xFF, 0xFF])
            tree.begin("__overlay__")
            tree.end()
            tree.end()
        }
        tree.begin("__fixups__")
        tree.end()
        tree.end()
        return tree
    }
}

extension DeviceTreeFixture {
    init(reservations: [(address: Int, size: Int)]) {
        self.init()
        self.reservations = reservations
    }
}
