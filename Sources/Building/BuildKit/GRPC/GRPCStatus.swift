import FoundationEssentials
import NIOHPACK
import SwiftProtobuf

/// The trailers of a call, as the gRPC over HTTP/2 protocol spells them
/// (github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md).
enum GRPCStatus {
    /// Reads the status of received trailers; nil when it is OK.
    static func error(of trailers: HPACKHeaders) -> GRPCError? {
        if let http = trailers.first(name: ":status"), http != "200", trailers.first(name: "grpc-status") == nil {
            return GRPCError(.unavailable, "the peer answered HTTP status \(http) instead of gRPC")
        }
        guard let text = trailers.first(name: "grpc-status") else {
            return GRPCError(.unknown, "the peer ended the call without a status")
        }
        let code = GRPCError.Code(rawValue: Int(text) ?? GRPCError.Code.unknown.rawValue)
        guard code != .ok else { return nil }
        let message = percentDecoded(trailers.first(name: "grpc-message") ?? "")
        return GRPCError(code, message, details: details(trailers.first(name: "grpc-status-details-bin")))
    }

    /// Makes the trailers for an error, or those for success when there is none.
    static func trailers(_ error: GRPCError?) -> HPACKHeaders {
        var headers = HPACKHeaders([("grpc-status", String((error?.code ?? .ok).rawValue))])
        if let message = error?.message, !message.isEmpty {
            headers.add(name: "grpc-message", value: percentEncoded(String(message.prefix(2048))))
        }
        return headers
    }

    private static func details(_ base64: String?) -> [GRPCError.Detail] {
        guard let base64 else { return [] }
        let padded = base64 + String(repeating: "=", count: (4 - base64.utf8.count % 4) % 4)
        guard let data = Data(base64Encoded: padded), let status = try? WireStatus(serializedBytes: data) else {
            return []
        }
        return status.details.map { GRPCError.Detail(type: $0.typeURL, value: [UInt8]($0.value)) }
    }

    /// Bytes outside of printable ASCII, and `%` itself, as `%XX`.
    static func percentEncoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var out: [UInt8] = []
        for byte in text.utf8 {
            if byte < 0x20 || byte > 0x7e || byte == UInt8(ascii: "%") {
                out += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            } else {
                out.append(byte)
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// Undoes the encoding; a `%` without two hex digits stays as it is.
    static func percentDecoded(_ text: String) -> String {
        String(decoding: percentDecoded(text.utf8, plusIsSpace: false), as: UTF8.self)
    }

    /// Undoes the encoding to bytes, which need not be UTF-8; `plusIsSpace` is for URL queries.
    static func percentDecoded(_ text: some Sequence<UInt8>, plusIsSpace: Bool) -> [UInt8] {
        let bytes = Array(text)
        var out: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
                let high = hexValue(bytes[index + 1]), let low = hexValue(bytes[index + 2])
            {
                out.append(high << 4 | low)
                index += 3
            } else {
                out.append(plusIsSpace && bytes[index] == UInt8(ascii: "+") ? 0x20 : bytes[index])
                index += 1
            }
        }
        return out
    }

    private static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
