import CaissonText

// BuildKit describes a cache mount as `cached mount TARGET from MAKER`, and since 0.12 adds ` with id "ID"` where the
// id isn't the target (`solver/llbsolver/mounts/mount.go`). The maker is `exec ` and the command's words, or `container
// ` and an id (`solver/llbsolver/ops/exec.go`, `frontend/gateway/container/container.go`). Go quotes the id (`%q`).
extension CacheRecord {
    /// The id of a cache mount as its description tells it; nil where it doesn't, as before BuildKit 0.12.
    ///
    /// The Dockerfile front end puts a slash before the id or the target that the Dockerfile has, and before that the
    /// namespace of `BUILDKIT_CACHE_MOUNT_NS` (`dockerfile2llb/convert_runmount.go`): `id=go` becomes `/go`, and a
    /// mount on `/root/.cache` without an id becomes `//root/.cache`. So its mounts always tell an id. A mount of
    /// another front end whose id is its target tells none; if its command ends in ` with id "x"`, this is read as one.
    public var mountID: String? {
        guard let rest = mountText, rest.last == UInt8(ascii: "\"") else { return nil }
        // Within the id a quotation mark has a backslash before it, so the last one after the words is its beginning.
        guard let start = rest.lastIndex(of: Self.idMark), start < rest.endIndex else { return nil }
        return rest[start...].dropLast().goUnquoted
    }

    /// The target of a cache mount as its description tells it; nil for other records.
    public var mountTarget: String? {
        guard let rest = mountText else { return nil }
        let ends = [" from exec ", " from container "].compactMap { rest.firstIndex(of: Array($0.utf8)) }
        guard let end = ends.min() ?? rest.firstIndex(of: Array(" from ".utf8)) else { return nil }
        let target = String(decoding: rest[..<end], as: UTF8.self)
        return target.isEmpty ? nil : target
    }

    private static let idMark = Array(" with id \"".utf8)
    private static let mountMark = Array("cached mount ".utf8)

    /// What follows the words that all cache mounts begin with.
    private var mountText: ArraySlice<UInt8>? {
        guard kind == .cacheMount else { return nil }
        let bytes = Array(description.utf8)
        return bytes.starts(with: Self.mountMark) ? bytes[Self.mountMark.count...] : nil
    }
}

extension ArraySlice<UInt8> {
    /// Where `word` begins first.
    fileprivate func firstIndex(of word: [UInt8]) -> Int? {
        guard count >= word.count else { return nil }
        return (startIndex...(endIndex - word.count)).first { self[$0...].starts(with: word) }
    }

    /// The place after the last `word`.
    fileprivate func lastIndex(of word: [UInt8]) -> Int? {
        guard count >= word.count else { return nil }
        return (startIndex...(endIndex - word.count)).last { self[$0...].starts(with: word) }.map { $0 + word.count }
    }

    /// What Go's `strconv.Quote` had between its quotation marks; nil where it can't have written this.
    fileprivate var goUnquoted: String? {
        var out: [UInt8] = []
        var rest = self
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return nil
            case UInt8(ascii: "\\"):
                guard let bytes = rest.popEscape() else { return nil }
                out += bytes
            default: out.append(byte)
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// Takes what follows a backslash off, and gives the bytes that it stands for; nil where Go has no such escape.
    private mutating func popEscape() -> [UInt8]? {
        guard let letter = popFirst() else { return nil }
        if let plain = Self.escapes[letter] { return [plain] }
        guard let length = Self.digits[letter] else { return nil }
        let digits = prefix(length)
        guard digits.count == length, digits.allSatisfy(\.isHexDigit),
            let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
        else { return nil }
        self = dropFirst(length)
        if length == 2 { return [UInt8(truncatingIfNeeded: value)] }
        return Unicode.Scalar(value).map { Array(String($0).utf8) }
    }

    /// The escapes of one letter and what they stand for.
    private static let escapes: [UInt8: UInt8] = [
        UInt8(ascii: "a"): 7, UInt8(ascii: "b"): 8, UInt8(ascii: "f"): 12, UInt8(ascii: "n"): 10,
        UInt8(ascii: "r"): 13, UInt8(ascii: "t"): 9, UInt8(ascii: "v"): 11, UInt8(ascii: "\\"): 0x5C,
        UInt8(ascii: "\""): 0x22,
    ]
    /// The escapes of a number and how many digits that has.
    private static let digits: [UInt8: Int] = [UInt8(ascii: "x"): 2, UInt8(ascii: "u"): 4, UInt8(ascii: "U"): 8]
}
