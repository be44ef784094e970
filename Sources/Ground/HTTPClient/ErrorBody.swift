import FoundationEssentials

/// What an engine says in the body of an error: `{"message": "…"}` unwrapped, other text as it is.
///
/// Control characters are replaced, since the words end up on a terminal.
package func message(inBody body: [UInt8]) -> String {
    struct Wrapped: Decodable {
        var message: String
    }
    let unwrapped = try? JSONDecoder().decode(Wrapped.self, from: Data(body)).message
    let text = unwrapped ?? String(decoding: body, as: UTF8.self)
    let visible = text.unicodeScalars.map { scalar -> Character in
        let isControl = scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format
        return isControl ? " " : Character(scalar)
    }
    return String(trimmed(String(visible)))
}
