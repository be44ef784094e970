package import CaissonArtifacts
import CaissonText

/// The sizes of a kernel in memory, as `size` has them in its older form, and of its file.
package struct KernelSizes: Sendable, Hashable {
    /// Code, and what is only read.
    package var text: Int
    /// What is written to and is in the file.
    package var data: Int
    /// What is written to and isn't in the file.
    package var bss: Int
    /// The file; nil where it isn't known.
    package var file: Int?

    /// Adds up the sections of an ELF file that are in memory.
    package init(_ elf: ELFFacts, fileSize: Int) {
        var sizes = (text: 0, data: 0, bss: 0)
        for section in elf.sections where section.isAllocated {
            if section.isExecutable || !section.isWritable {
                sizes.text = sizes.text.clampedAdding(section.size)
            } else if section.isInFile {
                sizes.data = sizes.data.clampedAdding(section.size)
            } else {
                sizes.bss = sizes.bss.clampedAdding(section.size)
            }
        }
        (text, data, bss) = sizes
        file = fileSize
    }

    /// Takes the last line of what `size` prints; nil for another text.
    package init?(line: String) {
        let line = line.pieces(at: "\n").last ?? ""
        let words = line.pieces(at: "\t").flatMap { $0.pieces(at: " ") }.filter { !$0.isEmpty }
        let numbers = words.prefix(3).compactMap { Int($0) }.filter { $0 >= 0 }
        guard numbers.count == 3 else { return nil }
        (text, data, bss) = (numbers[0], numbers[1], numbers[2])
    }
}

extension ELFSection {
    fileprivate var isWritable: Bool { flags & 0x1 != 0 }
    fileprivate var isExecutable: Bool { flags & 0x4 != 0 }
}

/// What is read from a `System.map`.
package enum SystemMap {
    /// Where the symbol `_text` is, such as `0xffffffff81000000`; nil where it isn't in the map.
    ///
    /// - Parameter map: The file, which has an address, a kind and a name on each line.
    package static func textOffset(of map: [UInt8]) -> String? {
        let wanted = Array("_text".utf8)
        var found: [String] = []
        for line in map.split(separator: UInt8(ascii: "\n")) where found.count < 16 {
            let words = line.split(maxSplits: 3) { $0 == 0x20 || $0 == 0x09 }
            guard words.count >= 3, words[2].elementsEqual(wanted) else { continue }
            found.append("0x" + String(decoding: words[0], as: UTF8.self))
        }
        return found.isEmpty ? nil : found.joined(separator: "\n")
    }
}
