import CaissonBuildModel
import Testing

@testable import CaissonEngines

@Suite("The lines of a tar engine's answer") struct EngineMessageTests {
    private static func read(_ text: String, by size: Int) throws -> [EngineMessage] {
        var reader = EngineMessageReader()
        var messages: [EngineMessage] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            messages += try reader.take(Array(rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
        return messages + (try reader.finish().map { [$0] } ?? [])
    }

    @Test("messages are the same however the answer is cut", arguments: [1, 3, 1000])
    func cuts(size: Int) throws {
        let text =
            #"{"stream":"aé\n"}"# + "\r\n\n"
            + #"{"status":"Downloading","id":"l","progressDetail":{"current":1,"total":2}}"#
            + "\n" + #"{"aux":{"ID":"sha256:1"}}"# + "\n" + #"{"errorDetail":{"code":7,"message":"m"},"error":"e"}"#
        let messages = try Self.read(text, by: size)
        #expect(messages.count == 4)
        #expect(messages.first?.stream == "aé\n")
        #expect(messages[1].status == "Downloading" && messages[1].current == 1 && messages[1].total == 2)
        #expect(messages[2].imageID == "sha256:1")
        #expect(messages[3].error == "m" && messages[3].exitCode == 7)
    }

    @Test("fields of unexpected types are as none")
    func types() throws {
        let messages = try Self.read(
            #"{"stream":1,"status":[],"progressDetail":{"current":"x"},"aux":[],"errorDetail":{"code":"7"}}"#,
            by: 99
        )
        #expect(messages.count == 1)
        #expect(messages[0].stream == nil && messages[0].status == nil && messages[0].imageID == nil)
        #expect(messages[0].error == "" && messages[0].exitCode == nil)
    }

    @Test(
        "what is no JSON is refused with its beginning",
        arguments: ["<html>no</html>\n", "null", "[1]\n", "{\"stream\":\n"]
    )
    func garbage(text: String) {
        #expect {
            _ = try Self.read(text, by: 5)
        } throws: {
            ($0 as? BuildError)?.code == .engine && ($0 as? BuildError)?.message.contains("isn't one") == true
        }
    }

    @Test("a line without an end is refused before it fills the memory")
    func longLine() {
        #expect {
            _ = try Self.read(String(repeating: "x", count: 3 << 20), by: 64 << 10)
        } throws: {
            ($0 as? BuildError)?.message.contains("1 MiB") == true
        }
    }
}
