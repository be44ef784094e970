import CaissonText

extension HCLFunction {
    private static let path = Parameter("path", .string)

    /// Functions with paths and names.
    static let paths: Group = [
        "basename": native("Returns the last element of a path.", [path]) { call throws(HCLCallError) in
            .string(last(call.text(0)))
        },
        "dirname": native("Returns the directory of a path.", [path]) { call throws(HCLCallError) in
            let bytes = call.text(0).utf8
            let end = bytes.lastIndex(of: UInt8(ascii: "/")).map { bytes.index(after: $0) } ?? bytes.startIndex
            return .string(cleaned(String(decoding: bytes[..<end], as: UTF8.self)))
        },
        "homedir": native("Returns the current user's home directory.", []) { call throws(HCLCallError) in
            .string(call.environment.home())
        },
        "sanitize": native(
            "Replaces all non-alphanumeric characters with a underscore, leaving only characters that are valid for a "
                + "Bake target name.",
            [Parameter("name", .string)]
        ) { call throws(HCLCallError) in
            .string(
                call.text(0).mapScalars { scalar in
                    let isKept = UInt8(exactly: scalar.value).map { $0.isAlphanumeric } ?? false
                    return isKept || scalar == "_" || scalar == "-" ? scalar : "_"
                }
            )
        },
    ]

    private static func last(_ path: String) -> String {
        guard !path.isEmpty else { return "." }
        return path.pieces(at: "/").last { !$0.isEmpty } ?? "/"
    }

    /// The shortest path of the same meaning.
    private static func cleaned(_ path: String) -> String {
        let isAbsolute = path.utf8.first == UInt8(ascii: "/")
        var parts: [String] = []
        for part in path.pieces(at: "/") where !part.isEmpty && part != "." {
            if part == "..", let last = parts.last, last != ".." {
                parts.removeLast()
            } else if part != ".." || !isAbsolute {
                parts.append(part)
            }
        }
        let joined = parts.joined(separator: "/")
        return isAbsolute ? "/" + joined : joined.isEmpty ? "." : joined
    }
}
