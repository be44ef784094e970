import CaissonJSON

/// One message of JSON-RPC 2.0, as far as it could be understood.
enum Message: Equatable {
    /// The other side wants an answer.
    case request(id: JSON, method: String, params: JSON)
    /// The other side tells something.
    case notification(method: String, params: JSON)
    /// The other side answers.
    case response
    /// It is none of these: what to answer to the id, which is `null` where there is none.
    case invalid(id: JSON, ResponseError)

    /// Reads a message.
    init(_ bytes: [UInt8]) {
        guard String(validating: bytes, as: UTF8.self) != nil else {
            self = .invalid(id: .null, .notJSON("it is not UTF-8"))
            return
        }
        do throws(JSONError) {
            self.init(try JSON(parsing: bytes))
        } catch {
            self = .invalid(id: .null, .notJSON(error.description))
        }
    }

    private init(_ json: JSON) {
        guard json.isObject else {
            let what = json.array == nil ? "a message must be an object" : "batches are not a part of this protocol"
            self = .invalid(id: .null, ResponseError(.invalidRequest, what))
            return
        }
        let id = Self.id(json["id"])
        guard json["jsonrpc"]?.string == "2.0" else {
            self = .invalid(id: id ?? .null, ResponseError(.invalidRequest, "jsonrpc must be \"2.0\""))
            return
        }
        guard let method = json["method"]?.string else {
            let isAnswer = json["method"] == nil && (json["result"] != nil || json["error"] != nil)
            self =
                isAnswer ? .response : .invalid(id: id ?? .null, ResponseError(.invalidRequest, "method is missing"))
            return
        }
        let params = json["params"] ?? .null
        guard json["id"] != nil else {
            self = .notification(method: method, params: params)
            return
        }
        guard let id else {
            self = .invalid(id: .null, ResponseError(.invalidRequest, "id must be a whole number or a text"))
            return
        }
        self = .request(id: id, method: method, params: params)
    }

    /// The longest text that is taken for an id.
    private static let longestID = 4096

    private static func id(_ json: JSON?) -> JSON? {
        switch json {
        case .string(let text) where text.utf8.count <= longestID: json
        case .number(let text) where Int64(text) != nil: json
        default: nil
        }
    }
}

/// Why a request has no result.
struct ResponseError: Error, Equatable {
    /// The numbers of JSON-RPC and of the protocol.
    enum Code: Int {
        case parseError = -32700, invalidRequest = -32600, methodNotFound = -32601, invalidParams = -32602
        case notInitialized = -32002, cancelled = -32800, serverCancelled = -32802
    }

    /// The number.
    var code: Code
    /// What is wrong.
    var message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// A message that isn't JSON.
    static func notJSON(_ reason: String) -> ResponseError {
        ResponseError(.parseError, "the message is no JSON: \(reason)")
    }

    /// Parameters that are missing or of the wrong kind.
    static func params(_ reason: String) -> ResponseError { ResponseError(.invalidParams, reason) }
}

/// What this side writes.
enum Outgoing {
    /// A message with its header.
    static func frame(_ message: JSON) -> [UInt8] {
        var writer = JSONWriter(.report)
        writer.write(message)
        return Array("Content-Length: \(writer.bytes.count)\r\n\r\n".utf8) + writer.bytes
    }

    static func result(_ id: JSON, _ result: JSON) -> JSON {
        .members(["jsonrpc": .string("2.0"), "id": id, "result": result])
    }

    static func error(_ id: JSON, _ error: ResponseError) -> JSON {
        let body = JSON.members(["code": .whole(error.code.rawValue), "message": .string(error.message)])
        return .members(["jsonrpc": .string("2.0"), "id": id, "error": body])
    }

    static func notification(_ method: String, _ params: JSON) -> JSON {
        .members(["jsonrpc": .string("2.0"), "method": .string(method), "params": params])
    }

    static func request(_ id: String, _ method: String, _ params: JSON) -> JSON {
        .members(["jsonrpc": .string("2.0"), "id": .string(id), "method": .string(method), "params": params])
    }
}

extension JSON {
    /// An object of members in this order, without those that are nil.
    static func members(_ pairs: KeyValuePairs<String, JSON?>) -> JSON {
        .object(pairs.compactMap { name, value in value.map { JSONMember(name, $0) } })
    }

    /// A whole number.
    static func whole(_ value: Int) -> JSON { .number(String(value)) }

    /// The number of lines, characters and the like, when it is one: at most 2³¹ − 1, as the protocol has it.
    var unsigned: Int? {
        guard let value = integer, (0...Int64(Int32.max)).contains(value) else { return nil }
        return Int(value)
    }

    /// The member of a member.
    subscript(path names: String...) -> JSON? {
        names.reduce(Optional(self)) { $0?[$1] }
    }
}
