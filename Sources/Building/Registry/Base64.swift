import FoundationEssentials

/// Base64 of RFC 4648.
enum Base64 {
    /// The bytes that a text stands for; nil where it is none.
    static func decode(_ text: String) -> [UInt8]? { Data(base64Encoded: text).map { [UInt8]($0) } }
}
