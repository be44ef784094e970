import CaissonJSON
import Testing

@testable import CaissonLanguageServer

/// What is a message, and what is answered to what is none.
@Suite struct MessageTests {
    private func message(_ text: String) -> Message { Message(Array(text.utf8)) }

    @Test func `requests, notifications and answers are told apart`() {
        let params = JSON.members(["a": .number("1")])
        #expect(
            message(#"{"jsonrpc":"2.0","id":7,"method":"m","params":{"a":1}}"#)
                == .request(id: .number("7"), method: "m", params: params)
        )
        #expect(
            message(#"{"jsonrpc":"2.0","id":"x","method":"m"}"#)
                == .request(id: .string("x"), method: "m", params: .null)
        )
        #expect(message(#"{"jsonrpc":"2.0","method":"m"}"#) == .notification(method: "m", params: .null))
        #expect(message(#"{"jsonrpc":"2.0","id":1,"result":null}"#) == .response)
        #expect(message(#"{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"x"}}"#) == .response)
    }

    @Test(
        arguments: [
            ("", -32700), ("{", -32700), ("nul", -32700), (#"{"jsonrpc":"2.0"} x"#, -32700),
            (String(repeating: "[", count: 5000), -32700), ("{\"a\":\"\u{1}\"}", -32700),
            ("[]", -32600), (#"[{"jsonrpc":"2.0","id":1,"method":"shutdown"}]"#, -32600), ("7", -32600), ("{}", -32600),
            (#"{"id":1,"method":"m"}"#, -32600), (#"{"jsonrpc":"1.0","id":1,"method":"m"}"#, -32600),
            (#"{"jsonrpc":"2.0","id":1,"method":7}"#, -32600), (#"{"jsonrpc":"2.0","id":1}"#, -32600),
            (#"{"jsonrpc":"2.0","id":{},"method":"m"}"#, -32600),
            (#"{"jsonrpc":"2.0","id":null,"method":"m"}"#, -32600),
            (#"{"jsonrpc":"2.0","id":1.5,"method":"m"}"#, -32600),
            (#"{"jsonrpc":"2.0","id":1e99,"method":"m"}"#, -32600),
        ]
    )
    func `what is no message has an error`(text: String, code: Int) {
        guard case .invalid(_, let error) = message(text) else {
            Issue.record("taken for a message: \(text)")
            return
        }
        #expect(error.code.rawValue == code)
        #expect(!error.message.isEmpty)
    }

    @Test func `bytes that are no UTF-8 are an error`() {
        let bytes = Array(#"{"jsonrpc":"2.0","method":""#.utf8) + [0xFF, 0xC3] + Array(#""}"#.utf8)
        #expect(Message(bytes) == .invalid(id: .null, .notJSON("it is not UTF-8")))
    }

    @Test func `an error names the request that it is about, when there is one`() {
        guard case .invalid(let id, _) = message(#"{"jsonrpc":"1.0","id":5,"method":"m"}"#) else {
            Issue.record("taken for a message")
            return
        }
        #expect(id == .number("5"))
    }

    @Test func `a frame says how many bytes it has`() {
        let frame = Outgoing.frame(.members(["a": .string("é")]))
        #expect(String(decoding: frame, as: UTF8.self) == "Content-Length: 10\r\n\r\n{\"a\":\"é\"}")
    }
}
